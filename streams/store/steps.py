"""Reads the numbered migrations and decides which to run. Pure but for reading the files."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.errors import StopError

FOLDER: Final = Path(__file__).parent / "migrations"

_STATEMENT_END: Final = re.compile(r";[ \t]*(?:\n|\Z)")
_COMMENT_LINE: Final = re.compile(r"^\s*--.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the tables' history: statements forwards and backwards."""

    number: int
    name: str
    forwards: tuple[str, ...]
    backwards: tuple[str, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class Step:
    """A migration to run, in one direction."""

    migration: Migration
    forwards: bool


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations in order. Raises StopError at a gap or a missing way back."""
    found = sorted((_migration(path) for path in folder.glob("*.up.sql")), key=lambda m: m.number)
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise StopError(f"Number the migrations in {folder.name} from 1 to {len(found)}, each once")
    return found


def statements(text: str) -> tuple[str, ...]:
    r"""Split at semicolons that end a line; parts of comments alone are none.

    >>> statements("-- why;not\nCREATE TABLE a (x String COMMENT 'p;q');\nDROP TABLE b")
    ("-- why;not\nCREATE TABLE a (x String COMMENT 'p;q')", 'DROP TABLE b')
    """
    parts = (part.strip() for part in _STATEMENT_END.split(text))
    return tuple(part for part in parts if _COMMENT_LINE.sub("", part).strip())


def plan(known: Sequence[Migration], applied: Mapping[int, str], to: int | None) -> list[Step]:
    """Give the steps from what is applied to migration `to`, the newest if None, 0 for none.

    applied: checksum by number. Raises StopError where going on would guess: an applied migration
    that is changed, missing here or has a gap below it, or a `to` that does not exist.
    """
    _refuse_strange(known, applied)
    target = len(known) if to is None else to
    if not 0 <= target <= len(known):
        raise StopError(f"There is no migration {target}; choose 0 to {len(known)}")
    done = len(applied)
    ups = [Step(m, forwards=True) for m in known if done < m.number <= target]
    downs = [Step(m, forwards=False) for m in reversed(known) if target < m.number <= done]
    return ups + downs


def _refuse_strange(known: Sequence[Migration], applied: Mapping[int, str]) -> None:
    if newer := sorted(set(applied) - {m.number for m in known}):
        raise StopError(
            f"The database has migration {newer[-1]}, which this version does not know: use the "
            "version of Waterbed that applied it, or a newer one"
        )
    if sorted(applied) != list(range(1, len(applied) + 1)):
        raise StopError(
            f"The database has migrations {sorted(applied)} with a gap: look at schema_migrations "
            "and bring the missing one's tables and record back by hand"
        )
    for migration in known:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise StopError(
                f"Migration {migration.number} was changed after it was applied: undo the change "
                "and write a new one. A local stack with nothing to lose: waterbed local reset"
            )


def _migration(up: Path) -> Migration:
    number, _, name = up.name.removesuffix(".up.sql").partition("_")
    down = up.with_name(up.name.replace(".up.", ".down."))
    if not number.isdigit() or not down.is_file():
        raise StopError(f"{up.name} needs a number in front and a way back, {down.name}")
    text = up.read_text("utf-8")
    back = statements(down.read_text("utf-8"))
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(int(number), name, statements(text), back, checksum)
