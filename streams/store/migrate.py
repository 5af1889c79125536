"""Numbered, reversible migrations: `NNNN_name.up.sql` and `.down.sql`, recorded in a table."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clickhouse_connect.driver.client import Client

from streams.errors import StopError
from streams.settings import Endpoints
from streams.store.client import connect

FOLDER: Final = Path(__file__).parent / "migrations"

_RECORD: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number UInt16, name String, checksum String, applied UInt8,
  at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(at) ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the tables' history: statements forwards and backwards."""

    number: int
    name: str
    forwards: tuple[str, ...]
    backwards: tuple[str, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class State:
    """A migration and whether it is applied."""

    number: int
    name: str
    applied: bool


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations in order. Raises StopError at a gap or a missing way back."""
    found = [_migration(path) for path in sorted(folder.glob("*.up.sql"))]
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise StopError(f"Migrations are not numbered 1 to {len(found)}: {folder}")
    return found


def _migration(up: Path) -> Migration:
    number, _, name = up.name.removesuffix(".up.sql").partition("_")
    down = up.with_name(up.name.replace(".up.", ".down."))
    if not down.is_file():
        raise StopError(f"{up.name} has no way back: write {down.name}")
    text = up.read_text("utf-8")
    return Migration(
        int(number),
        name,
        _statements(text),
        _statements(down.read_text("utf-8")),
        hashlib.sha256(text.encode()).hexdigest(),
    )


def _statements(text: str) -> tuple[str, ...]:
    """Statements end with a semicolon at the end of a line; comments may stand anywhere else."""
    return tuple(part.strip() for part in text.split(";\n") if part.strip())


def migrate(endpoints: Endpoints, to: int | None = None) -> list[State]:
    """Bring the tables to migration `to`, the newest if None; gives what was done.

    Creates the database if needed. Safe to repeat. Raises StopError if an applied migration was
    edited, RetryError if ClickHouse is away.
    """
    with connect(endpoints, database="default") as client:
        client.command(f"CREATE DATABASE IF NOT EXISTS `{endpoints.database}` ENGINE = Atomic")
    with connect(endpoints) as client:
        return _migrate(client, to)


def _migrate(client: Client, to: int | None) -> list[State]:
    client.command(_RECORD)
    known = migrations()
    applied = _applied(client, known)
    target = len(known) if to is None else to
    ups = [m for m in known if m.number <= target and m.number not in applied]
    downs = [m for m in reversed(known) if m.number > target and m.number in applied]
    return [
        *(_run(client, migration, forwards=True) for migration in ups),
        *(_run(client, migration, forwards=False) for migration in downs),
    ]


def status(endpoints: Endpoints) -> list[State]:
    """Every migration and whether it is applied."""
    with connect(endpoints, database="default") as client:
        exists = client.query(
            "SELECT 1 FROM system.tables "
            "WHERE database = {db:String} AND name = 'schema_migrations'",
            {"db": endpoints.database},
        ).result_rows
    if not exists:
        return [State(m.number, m.name, applied=False) for m in migrations()]
    with connect(endpoints) as client:
        applied = _applied(client, migrations())
    return [State(m.number, m.name, m.number in applied) for m in migrations()]


def _applied(client: Client, known: list[Migration]) -> set[int]:
    rows = client.query(
        "SELECT number, checksum FROM schema_migrations FINAL WHERE applied"
    ).result_rows
    checksums = {m.number: m.checksum for m in known}
    for number, checksum in rows:
        if checksums.get(number) != checksum:
            raise StopError(
                f"Migration {number} was changed after it was applied: write a new one instead"
            )
    return {number for number, _ in rows}


def _run(client: Client, migration: Migration, *, forwards: bool) -> State:
    for statement in migration.forwards if forwards else migration.backwards:
        client.command(statement)
    client.insert(
        "schema_migrations",
        [[migration.number, migration.name, migration.checksum, int(forwards)]],
        column_names=["number", "name", "checksum", "applied"],
    )
    return State(migration.number, migration.name, forwards)
