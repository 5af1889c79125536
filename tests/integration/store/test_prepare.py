import json

import pytest
from typer.testing import CliRunner

from streams import cli
from streams.commands import schemas, store, topics
from streams.contracts.registry import Registry, subjects
from streams.contracts.topics import Topics, declared
from streams.prepare import prepare
from streams.store.migrate import status


def test_after_preparing_everything_is_there_and_preparing_again_is_safe(database):
    prepare(database)
    prepare(database)

    assert all(state.applied for state in status(database))
    assert Topics(database.kafka).diff(declared()) == []
    assert None not in [Registry(database.registry).find(subject) for subject in subjects()]


@pytest.fixture
def run(database, monkeypatch):
    """Run a command against a database of its own; gives exit code and JSON of stdout."""
    for name, value in database.model_dump().items():
        monkeypatch.setenv(f"WATERBED_{name.upper()}", value)
    for group in (schemas, store, topics):
        if group.group not in [g.typer_instance for g in cli.app.registered_groups]:
            group.register(cli.app)

    def one(*arguments: str):
        result = CliRunner().invoke(cli.app, [*arguments, "--json"])
        return result.exit_code, json.loads(result.stdout)

    return one


def test_store_commands_speak_json(run):
    code, before = run("store", "status")
    _, done = run("store", "migrate", "--to", "2")
    _, rest = run("store", "migrate")
    last, after = run("store", "status")

    assert (code, {s["applied"] for s in before}) == (1, {False})
    assert [s["number"] for s in done] == [1, 2]
    assert [s["number"] for s in rest] == [s["number"] for s in before][2:]
    assert (last, {s["applied"] for s in after}) == (0, {True})


def test_topics_commands_speak_json(run):
    run("topics", "apply")
    code, left = run("topics", "apply", "--dry-run")
    _, listed = run("topics", "list")

    assert (code, left) == (0, [])
    assert len(listed) == len(declared())


def test_schemas_commands_speak_json(run, tmp_path):
    _, done = run("schemas", "register")
    _, listed = run("schemas", "list")
    code, fits = run("schemas", "check")

    assert [one["schema_id"] for one in done] == [one["schema_id"] for one in listed]
    assert (code, set(fits.values())) == (0, {True})
    broken = tmp_path / "itinerary.avsc"
    broken.write_text(
        '{"type": "record", "name": "Itinerary", "namespace": "waterbed", "fields": []}'
    )
    code, fits = run("schemas", "check", str(broken))
    assert (code, set(fits.values())) == (1, {False})
    assert len(fits) == 4
