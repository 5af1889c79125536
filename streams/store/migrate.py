"""Runs the migrations in ClickHouse and records them in `schema_migrations`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error, OperationalError

from streams.errors import RetryError, StopError, WaterbedError
from streams.settings import Endpoints
from streams.store.client import connect
from streams.store.steps import Step, migrations, plan

TABLE: Final = "schema_migrations"

#: The newest record of a number counts; applied 0: taken back.
_RECORD: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  number UInt16, name String, checksum String, applied UInt8,
  at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(at) ORDER BY number
"""

_THERE: Final = """
SELECT 1 FROM system.tables WHERE database = {database:String} AND name = {name:String}
"""


@dataclass(frozen=True, slots=True)
class State:
    """A migration and whether it is applied."""

    number: int
    name: str
    applied: bool


def migrate(endpoints: Endpoints, to: int | None = None) -> list[State]:
    """Bring the tables to migration `to`, the newest if None; gives what was done.

    Creates the database if needed. Safe to repeat, also after being cut short. Going back drops
    tables with their rows. Raises StopError where it would have to guess or a statement is
    refused, RetryError if ClickHouse is away.
    """
    with _told(endpoints):
        with connect(endpoints, database="default") as client:
            client.command(f"CREATE DATABASE IF NOT EXISTS `{endpoints.database}` ENGINE = Atomic")
        with connect(endpoints) as client:
            client.command(_RECORD)
            steps = plan(migrations(), _applied(client), to)
            return [_run(client, step) for step in steps]


def status(endpoints: Endpoints) -> list[State]:
    """Every migration and whether it is applied; changes nothing. Raises as `migrate` does."""
    with _told(endpoints):
        applied = {}
        with connect(endpoints, database="default") as client:
            wanted = {"database": endpoints.database, "name": TABLE}
            there = client.query(_THERE, wanted).result_rows
        if there:
            with connect(endpoints) as client:
                applied = _applied(client)
        known = migrations()
        plan(known, applied, None)  # refuses what migrate would refuse
        return [State(m.number, m.name, m.number in applied) for m in known]


def _applied(client: Client) -> dict[int, str]:
    rows = client.query(f"SELECT number, checksum FROM {TABLE} FINAL WHERE applied").result_rows
    return {int(number): str(checksum) for number, checksum in rows}


def _run(client: Client, step: Step) -> State:
    migration = step.migration
    for statement in migration.forwards if step.forwards else migration.backwards:
        client.command(statement)
    row = [migration.number, migration.name, migration.checksum, int(step.forwards)]
    client.insert(TABLE, [row], column_names=["number", "name", "checksum", "applied"])
    return State(migration.number, migration.name, step.forwards)


@contextmanager
def _told(endpoints: Endpoints) -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        yield
    except WaterbedError:  # said already; a RetryError is an OSError too
        raise
    except (OperationalError, OSError) as error:
        raise RetryError(
            f"ClickHouse at {endpoints.clickhouse} went away while migrating ({error}). Migrate "
            "again when it answers."
        ) from error
    except Error as error:
        raise StopError(
            f"ClickHouse at {endpoints.clickhouse} refused a statement of a migration; mend the "
            f"cause and migrate again: {error}"
        ) from error
