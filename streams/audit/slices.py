"""Cuts the keys of a table into slices that are compared one after the other, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from streams.names import TABLES, Kind
from streams.store.client import Client

#: Rows and messages of a slice, about; one key's minute is never cut.
SLICE: Final = 1_000_000

_ALWAYS: Final = "1"


@dataclass(frozen=True, slots=True)
class Slice:
    """Conditions, in SQL, that cut the same keys out of the rows and out of what is expected."""

    rows: str
    expected: str


def slices(client: Client, database: str, kind: Kind) -> list[Slice]:
    """Slices that cover all keys of a kind, those of the table and those expected."""
    if kind is Kind.ITINERARY:
        return [*_by_container(_itineraries(client, database))]
    counts = client.query(
        f"SELECT minute, sum(n) FROM ("
        f"SELECT toInt64(toUnixTimestamp(minute)) AS minute, count() AS n FROM {TABLES[kind]} "
        f"GROUP BY minute UNION ALL "
        f"SELECT minute, count() AS n FROM {database}.expected WHERE kind = '{kind}' "
        f"GROUP BY minute) GROUP BY minute ORDER BY minute"
    ).result_rows
    return [*_by_minute(cuts((int(minute), int(n)) for minute, n in counts))]


def cuts(counts: Iterable[tuple[int, int]], size: int = SLICE) -> list[int]:
    """Minutes at which slices begin, and the end of the last; counts ascend by minute.

    >>> cuts([(0, 5), (60, 5), (120, 5)], size=10)
    [0, 120, 121]
    """
    bounds: list[int] = []
    filled, last = 0, None
    for minute, n in counts:
        if not bounds or filled + n > size:
            bounds.append(minute)
            filled = 0
        filled += n
        last = minute
    return bounds if last is None else [*bounds, last + 1]


def _by_minute(bounds: list[int]) -> Iterator[Slice]:
    for start, stop in pairwise(bounds):
        yield Slice(
            f"minute >= toDateTime({start}, 'UTC') AND minute < toDateTime({stop}, 'UTC')",
            f"minute >= {start} AND minute < {stop}",
        )


def _itineraries(client: Client, database: str) -> int:
    [(count,)] = client.query(
        f"SELECT (SELECT count() FROM {TABLES[Kind.ITINERARY]}) + "
        f"(SELECT count() FROM {database}.expected WHERE kind = '{Kind.ITINERARY}')"
    ).result_rows
    return int(count)


def _by_container(count: int) -> Iterator[Slice]:
    parts = -(-count // SLICE)
    if parts <= 1:
        yield Slice(_ALWAYS, _ALWAYS)
        return
    for part in range(parts):
        share = "cityHash64({}) % {} = {}"
        yield Slice(share.format("container_number", parts, part), share.format("id", parts, part))
