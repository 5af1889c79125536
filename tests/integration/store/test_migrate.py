from concurrent.futures import ThreadPoolExecutor

import pytest
from clickhouse_query import query

from streams import names
from streams.contracts import schema
from streams.errors import RetryError, StopError
from streams.names import TABLES, Kind
from streams.settings import Endpoints
from streams.store import migrate as module
from streams.store.client import connect, wait_ready
from streams.store.migrate import migrate, status
from streams.store.steps import Migration, migrations

ALL = [m.number for m in migrations()]


def tables(endpoints: Endpoints) -> dict[str, str]:
    """Create statements by name, asked by plain HTTP; without the record of migrations."""
    text = query(
        endpoints,
        "SELECT name, replaceAll(create_table_query, database, '') FROM system.tables "
        f"WHERE database = '{endpoints.database}' AND name != 'schema_migrations' FORMAT TSV",
    )
    return dict(line.split("\t") for line in text.splitlines())


def ask(endpoints: Endpoints, text: str) -> str:
    return query(endpoints.model_copy(update={"clickhouse": _in_database(endpoints)}), text).strip()


def _in_database(endpoints: Endpoints) -> str:
    return f"{endpoints.clickhouse}/?database={endpoints.database}"


@pytest.fixture
def migrated(database: Endpoints) -> Endpoints:
    migrate(database)
    return database


def test_up_down_and_up_again_gives_the_same_tables(database):
    migrate(database)
    first = tables(database)
    back = migrate(database, to=0)
    between = tables(database)
    migrate(database)

    assert [(s.number, s.applied) for s in back] == [(n, False) for n in reversed(ALL)]
    assert between == {}
    assert tables(database) == first
    assert len(first) > len(TABLES)


def test_each_step_alone_can_be_taken_back(migrated):
    for number in reversed(ALL):
        before = tables(migrated)
        migrate(migrated, to=number - 1)
        after = tables(migrated)
        assert set(after) < set(before)
        migrate(migrated, to=number)
        assert tables(migrated) == before
        migrate(migrated, to=number - 1)


def test_migrating_again_does_nothing(migrated):
    assert migrate(migrated) == []


def test_every_table_that_has_a_name_is_made(migrated):
    named = {*TABLES.values(), names.CAMERA_IMAGES, names.DEAD_LETTERS, names.CORRIDOR_ACTIVITY}

    assert named <= set(tables(migrated))


def test_the_status_says_what_is_applied_and_changes_nothing(stack):
    fresh = stack.endpoints.model_copy(update={"database": "test_not_made"})

    assert {s.applied for s in status(fresh)} == {False}
    assert query(stack.endpoints, "EXISTS DATABASE test_not_made").strip() == "0"


def test_the_status_follows_each_step(database):
    migrate(database, to=2)

    assert [s.number for s in status(database) if s.applied] == [1, 2]


def test_the_database_is_made_if_it_is_missing(stack):
    fresh = stack.endpoints.model_copy(update={"database": "test_fresh"})
    try:
        migrate(fresh)
        engine = "SELECT engine FROM system.databases WHERE name = 'test_fresh'"
        assert query(stack.endpoints, engine).strip() == "Atomic"
    finally:
        query(stack.endpoints, "DROP DATABASE IF EXISTS test_fresh SYNC")


def test_a_migration_cut_short_is_finished_by_the_next_run(database, migrated):
    whole = tables(migrated)
    migrate(database, to=0)
    with connect(database) as client:
        for statement in migrations()[0].forwards[:2]:
            client.command(statement)

    migrate(database)

    assert tables(database) == whole


def test_two_at_once_do_no_harm(database):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, database) for _ in range(4)]:
            done.result()

    assert {s.applied for s in status(database)} == {True}
    assert migrate(database) == []


def test_a_migration_changed_after_it_was_applied_is_refused(migrated, monkeypatch):
    known = migrations()
    edited = Migration(1, "events", known[0].forwards, known[0].backwards, "another")
    monkeypatch.setattr(module, "migrations", lambda: [edited, *known[1:]])

    for refused in (
        lambda: migrate(migrated),
        lambda: migrate(migrated, 0),
        lambda: status(migrated),
    ):
        with pytest.raises(StopError, match="Migration 1 was changed after it was applied"):
            refused()


def test_a_gap_in_what_is_applied_is_refused(migrated):
    ask(
        migrated,
        "INSERT INTO schema_migrations (number, name, checksum, applied) VALUES (2, '', '', 0)",
    )

    with pytest.raises(StopError, match="with a gap"):
        migrate(migrated)


def test_a_refused_statement_stops_and_is_not_recorded(database, monkeypatch):
    bad = Migration(1, "bad", ("CREATE TABLE x (y Strnig) ENGINE = Memory",), ("",), "s")
    monkeypatch.setattr(module, "migrations", lambda: [bad])

    with pytest.raises(StopError, match="refused a statement"):
        migrate(database)
    assert ask(database, "SELECT count() FROM schema_migrations") == "0"


def test_clickhouse_away_is_told_with_what_to_do(database):
    away = database.model_copy(update={"clickhouse": "http://127.0.0.1:1"})

    for asked in (lambda: migrate(away), lambda: status(away), lambda: wait_ready(away, seconds=0)):
        with pytest.raises(RetryError, match="Start it \\(waterbed local up\\)"):
            asked()


EVENTS = [TABLES[Kind.SCAN_VERDICT], TABLES[Kind.CAMERA_EVENT], TABLES[Kind.SEIZURE_REPORT]]


@pytest.mark.parametrize("table", EVENTS)
def test_event_tables_are_sorted_by_the_stored_minute_and_never_by_corridor(migrated, table):
    where = f"database = '{migrated.database}' AND name = '{table}'"
    key = ask(migrated, f"SELECT sorting_key FROM system.tables WHERE {where}")
    engine = ask(migrated, f"SELECT engine_full FROM system.tables WHERE {where}")
    stored = ask(
        migrated,
        "SELECT default_kind FROM system.columns WHERE name = 'minute' "
        f"AND database = '{migrated.database}' AND table = '{table}'",
    )

    assert key == "minute, site, event_id"
    assert engine.startswith("ReplacingMergeTree(version, retracted)")
    assert stored == ""


def _insert(endpoints: Endpoints, version: int, retracted: int, origin: str = "") -> None:
    ask(
        endpoints,
        "INSERT INTO scan_verdicts (minute, site, event_id, version, retracted, origin, topic) "
        f"VALUES ('2026-05-04 10:15:00', 'BRSSZ', 'e', {version}, {retracted}, '{origin}', 't')",
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0, 0, 2, 1)])
def test_later_knowledge_wins_in_any_order_and_a_retracted_row_is_gone(migrated, order):
    rows = [(1, 0, ""), (2, 0, "PYASU"), (2**63 + 1, 1, "")]
    known = [rows[0], rows[1]]

    for number in order:
        if rows[number] in known:
            _insert(migrated, *rows[number])
    assert ask(migrated, "SELECT origin FROM scan_verdicts FINAL") == "PYASU"
    for number in order:
        _insert(migrated, *rows[number])
    assert ask(migrated, "SELECT count() FROM scan_verdicts FINAL") == "0"


#: Fields that are no column of their event's table, and why.
ELSEWHERE = {
    "facility_locode": "in site",
    "facility_terminal": "in site",
    "retracted_event_id": "a row of its own",
    "retracted_site": "a row of its own",
    "retracted_occurred_at": "a row of its own",
    "withdrawal": "a row of its own",
    "image_captured_at": "in camera_images",
    "intended_destination": "named destination",
    "transits": "named transit",
    "legs": "columns leg_*",
}


@pytest.mark.parametrize("kind", [*Kind])
def test_every_field_of_an_event_has_its_column(migrated, kind):
    columns = ask(
        migrated,
        "SELECT name FROM system.columns "
        f"WHERE database = '{migrated.database}' AND table = '{TABLES[kind]}'",
    ).split()
    fields = [field["name"] for field in schema.load(kind)["fields"]]
    lacking = [name for name in fields if name not in columns and name not in ELSEWHERE]

    # Image references of cameras live apart from the events, where they can be deleted.
    assert lacking == (["image_reference"] if kind is Kind.CAMERA_EVENT else [])
    assert not any("image" in column for column in columns) or kind is not Kind.CAMERA_EVENT
