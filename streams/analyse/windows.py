"""Touched windows: which to compute, in what portions, under which revision. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final, NamedTuple

from streams.analyse.touched import Record
from streams.errors import StopError
from streams.names import COUNTED, Kind

#: Windows computed by one statement: its text stays far below ClickHouse's limit of 256 KiB.
MOST_WINDOWS: Final = 2_000

#: Characters of site names in one statement, for the same reason.
MOST_CHARACTERS: Final = 50_000

#: Months one insert may reach; ClickHouse refuses an insert into more than 100 partitions.
MOST_MONTHS: Final = 60


class Window(NamedTuple):
    """One minute (a day for seizure reports) at one site, for one kind of event."""

    kind: Kind
    start: int  # seconds since 1970, UTC
    site: str
    revision: int  # offset of the newest message that touched it, plus one: 0 is "never"


def newest(records: Iterable[Record]) -> list[Window]:
    """Give each touched window once, under its highest offset, by kind, time and site.

    A window's messages share a key and so a partition: the one with the higher offset is newer.
    Raises StopError for a kind that has no aggregates.
    """
    last: dict[tuple[str, int, str], int] = {}
    for kind, start, site, offset in records:
        window = (kind, start, site)
        last[window] = max(offset + 1, last.get(window, 0))
    return sorted(Window(_kind(kind), start, site, at) for (kind, start, site), at in last.items())


def _kind(name: str) -> Kind:
    if name not in COUNTED:
        raise StopError(
            f"A touched window names the kind {name!r}, which has no aggregates. "
            "Run the same version of ingest and analyse."
        )
    return Kind(name)


def portions(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Split sorted windows into lists of one kind that a single statement may compute."""
    for _, same_kind in groupby(windows, key=lambda w: w.kind):
        portion: list[Window] = []
        characters, months = 0, set[tuple[int, int]]()
        for window in same_kind:
            month = _month(window)
            if portion and (
                len(portion) == MOST_WINDOWS
                or characters + len(window.site) > MOST_CHARACTERS
                or (month not in months and len(months) == MOST_MONTHS)
            ):
                yield portion
                portion, characters, months = [], 0, set()
            portion.append(window)
            characters += len(window.site)
            months.add(month)
        yield portion


def day(window: Window) -> date:
    """Give the UTC day that a window belongs to."""
    return datetime.fromtimestamp(window.start, UTC).date()


def _month(window: Window) -> tuple[int, int]:
    on = day(window)
    return on.year, on.month
