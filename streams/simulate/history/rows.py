"""The file of published seizures, row by row."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from streams.errors import StopError

#: The copy that ships with the package; `data/README.md` says where it comes from.
PUBLISHED: Final = Path(str(files("streams.simulate") / "data" / "published_seizures.csv"))

#: Columns without which no row can become an event.
NEEDED: Final = frozenset(
    {"seizure_id", "seized_on", "date_precision", "authority_country", "place_locode"}
    | {"quantity_kg"}
)


class Why(StrEnum):
    """Why a row cannot be used."""

    CONTEXT_ROW = "context row"
    NO_ID = "no seizure_id"
    REPEATED_ID = "seizure_id used by an earlier row"
    BAD_DATE = "seized_on is not a date"
    BAD_PRECISION = "date_precision is not day, month or year"
    BAD_PUBLISHED = "source_published is not YYYY, YYYY-MM or YYYY-MM-DD"
    NO_COUNTRY = "neither authority_country nor place_locode gives a country"
    BAD_QUANTITY = "quantity_kg is not a number above 0"


class UnusableError(ValueError):
    """This row cannot become an event; the others can."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """One row. number: as a spreadsheet counts, the header being row 1. Missing cells are ''."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Text of a column without blanks around it; '' when the file has no such column."""
        return self.cells.get(column, "").strip()


def read(path: Path) -> Iterator[Row]:
    """Give the rows one after the other; the file is never held whole.

    Raises StopError when the file cannot be read, is not UTF-8 or lacks a needed column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(path, csv.DictReader(file, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StopError(f"{path} cannot be read: {error}. Give a UTF-8 CSV file.") from error


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[Row]:
    if missing := NEEDED - set(reader.fieldnames or ()):
        raise StopError(
            f"{path} has no column {', '.join(sorted(missing))}. "
            "The columns are listed in docs/history.md."
        )
    for number, cells in enumerate(reader, start=2):
        # Cells beyond the header come as a list under None; no column names them.
        yield Row(number, {name: text for name, text in cells.items() if isinstance(text, str)})
