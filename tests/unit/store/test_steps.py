from pathlib import Path

import pytest

from streams.errors import StopError
from streams.store.steps import Migration, migrations, plan, statements

KNOWN = [Migration(n, f"m{n}", (f"up {n}",), (f"down {n}",), f"sum{n}") for n in (1, 2, 3)]


def applied(*numbers: int) -> dict[int, str]:
    return {n: f"sum{n}" for n in numbers}


def steps(done: dict[int, str], to: int | None) -> list[tuple[int, bool]]:
    return [(step.migration.number, step.forwards) for step in plan(KNOWN, done, to)]


@pytest.mark.parametrize(
    ("done", "to", "expected"),
    [
        (applied(), None, [(1, True), (2, True), (3, True)]),
        (applied(1), None, [(2, True), (3, True)]),
        (applied(1, 2, 3), None, []),
        (applied(), 0, []),
        (applied(), 2, [(1, True), (2, True)]),
        (applied(1, 2, 3), 1, [(3, False), (2, False)]),
        (applied(1, 2, 3), 0, [(3, False), (2, False), (1, False)]),
        (applied(1, 2), 2, []),
    ],
)
def test_the_way_leads_forwards_in_order_and_back_in_reverse(done, to, expected):
    assert steps(done, to) == expected


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ({1: "other"}, "Migration 1 was changed after it was applied"),
        (applied(1, 3), "with a gap"),
        (applied(2), "with a gap"),
        (applied(1, 2, 3, 4), "has migration 4, which this version does not know"),
    ],
)
@pytest.mark.parametrize("to", [None, 0])
def test_what_can_only_be_guessed_is_refused(done, told, to):
    with pytest.raises(StopError, match=told):
        plan(KNOWN, done, to)


@pytest.mark.parametrize("to", [-1, 4])
def test_a_migration_that_does_not_exist_is_refused(to):
    with pytest.raises(StopError, match="choose 0 to 3"):
        plan(KNOWN, {}, to)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("SELECT 1;\n")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["0001_a.up.sql", "0001_a.down.sql", "0003_c.up.sql", "0003_c.down.sql"], "from 1 to 2"),
        (["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"], "from 1 to 2"),
        (["0001_a.up.sql"], "a way back"),
        (["a.up.sql", "a.down.sql"], "a number"),
    ],
)
def test_files_with_gaps_doubles_or_no_way_back_are_refused(tmp_path, names, told):
    write(tmp_path, *names)

    with pytest.raises(StopError, match=told):
        migrations(tmp_path)


def test_any_change_of_a_file_changes_its_checksum(tmp_path):
    write(tmp_path, "0001_a.up.sql", "0001_a.down.sql")
    [before] = migrations(tmp_path)
    (tmp_path / "0001_a.up.sql").write_text("SELECT 2;\n")

    assert migrations(tmp_path)[0].checksum != before.checksum


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("-- nothing but this\n", ()),
        ("SELECT 1", ("SELECT 1",)),
        ("SELECT 1;", ("SELECT 1",)),
        ("SELECT 1;\n\n-- two\nSELECT 2; \n", ("SELECT 1", "-- two\nSELECT 2")),
        ("SELECT ';', 'a;b';\nSELECT 2;\n-- end\n", ("SELECT ';', 'a;b'", "SELECT 2")),
    ],
)
def test_statements_end_with_a_semicolon_at_the_end_of_a_line(text, expected):
    assert statements(text) == expected


def test_every_statement_of_ours_can_be_repeated():
    ways = [(m.forwards, m.backwards) for m in migrations()]

    for forwards, backwards in ways:
        assert all("IF NOT EXISTS" in s or s.startswith("ALTER") for s in forwards)
        assert all("IF EXISTS" in s or s.startswith("ALTER") for s in backwards)
        assert forwards
        assert backwards
