import json

import httpx
import pytest
from typer.testing import CliRunner

from streams.commands import local as commands
from streams.local import stack as local
from streams.local.part import State
from streams.settings import endpoints
from tests.conftest import free_ports, query

SCHEMA = {"schema": json.dumps({"type": "record", "name": "r", "fields": []})}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A second stack beside the shared one, for tests that break it."""
    home = tmp_path_factory.mktemp("own")
    yield home, local.up(home, free_ports(), quiet=True)
    local.reset(home)
    assert not (home / "data").exists()


def states(home):
    return {part.name: part.state for part in local.status(home)}


def test_two_stacks_run_side_by_side(stack, own):
    home, found = own
    assert found != stack.endpoints
    assert set(states(home).values()) == set(states(stack.home).values()) == {State.RUNNING}
    assert endpoints(home).clickhouse == found.clickhouse


def test_killed_parts_are_reported_and_restarted_with_their_data(own):
    home, found = own
    query(found, "CREATE TABLE default.kept (a UInt8) ENGINE = MergeTree ORDER BY a")
    query(found, "INSERT INTO default.kept VALUES (7)")
    httpx.post(f"{found.registry}/subjects/kept/versions", json=SCHEMA).raise_for_status()
    for part in local.PARTS:
        local.kill(home, part)
    assert set(states(home).values()) == {State.KILLED}
    assert CliRunner().invoke(commands.group, ["status", "--home", str(home)]).exit_code == 1
    assert local.up(home, quiet=True) == found
    assert query(found, "SELECT a FROM default.kept") == "7\n"
    assert "kept" in httpx.get(f"{found.registry}/subjects").json()


def test_down_keeps_data_and_ports(own):
    home, found = own
    query(found, "CREATE OR REPLACE TABLE default.stays (a UInt8) ENGINE = MergeTree ORDER BY a")
    local.down(home)
    assert set(states(home).values()) == {State.STOPPED}
    assert not (home / "stack.json").exists()
    assert local.up(home, quiet=True) == found
    assert query(found, "EXISTS default.stays") == "1\n"
