"""Itineraries of all containers, known to every worker: from a container's key to its route."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.contracts.containers import NO_KEY, examine
from streams.routes.corridors import NO_ROUTE, Routes, route_of

#: Newly told itineraries wait in a small table until they are so many; then both are merged.
MERGE_AT: Final = 50_000

#: Columns of the frames given to `Itineraries.add`.
#: version orders what is known of a container; places are joined by |, the origin first;
#: departed is the first departure, int64 ms, 0 unknown.
COLUMNS: Final = {
    "container_number": pl.String(),
    "version": pl.UInt64(),
    "withdrawn": pl.UInt8(),
    "places": pl.String(),
    "modes": pl.String(),
    "destination": pl.String(),
    "recorded_at": pl.Int64(),
    "departed": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of n containers: route number or NO_ROUTE, and times in int64 ms, 0 unknown."""

    version: npt.NDArray[np.uint64]
    route: npt.NDArray[np.int32]
    recorded_at: npt.NDArray[np.int64]
    departed: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Table:
    """Sorted by key, each key once."""

    key: npt.NDArray[np.int64]
    version: npt.NDArray[np.uint64]
    route: npt.NDArray[np.int32]
    recorded_at: npt.NDArray[np.int64]
    departed: npt.NDArray[np.int64]

    def rows(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Row of each key, -1 where it isn't here."""
        if not len(self.key):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self.key, keys)
        at[at == len(self.key)] = 0
        return np.where(self.key[at] == keys, at, -1)


def _empty() -> _Table:
    return _Table(
        np.zeros(0, np.int64),
        np.zeros(0, np.uint64),
        np.zeros(0, np.int32),
        np.zeros(0, np.int64),
        np.zeros(0, np.int64),
    )


class Itineraries:
    """The newest itinerary of each container; one thread may add while others look up."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self._tables = (_empty(), _empty())  # the large one and the new ones, swapped as a pair

    def __len__(self) -> int:
        """Count containers, those told twice since the last merge twice."""
        return sum(len(table.key) for table in self._tables)

    def add(self, told: pl.DataFrame) -> None:
        """Take in itineraries (columns as in COLUMNS); of one container the newest stays.

        Containers whose number is not of the right form are left out: no key finds them.
        """
        _, keys = examine(told["container_number"])
        route = self._route_numbers(told)
        new = _Table(
            keys,
            told["version"].to_numpy(),
            np.where(told["withdrawn"].to_numpy() != 0, NO_ROUTE, route).astype(np.int32),
            told["recorded_at"].to_numpy(),
            told["departed"].to_numpy(),
        )
        large, small = self._tables
        small = _newest(small, new)
        if len(small.key) >= MERGE_AT:
            large, small = _newest(large, small), _empty()
        self._tables = (large, small)

    def find(self, keys: npt.NDArray[np.int64]) -> Found:
        """Look up containers by the keys of `containers.examine`, shape (n,)."""
        large, small = self._tables
        found = _found(large, keys)
        if not len(small.key):
            return found
        newer = _found(small, keys)
        # The tables hold one container twice only until they are merged.
        better = newer.version > found.version
        return Found(
            np.where(better, newer.version, found.version),
            np.where(better, newer.route, found.route),
            np.where(better, newer.recorded_at, found.recorded_at),
            np.where(better, newer.departed, found.departed),
        )

    def _route_numbers(self, told: pl.DataFrame) -> npt.NDArray[np.int32]:
        ways = told.select("places", "modes", "destination")
        distinct = ways.unique(maintain_order=True)
        numbers = [self._number(*way) for way in distinct.iter_rows()]
        numbered = distinct.with_columns(pl.Series("number", numbers, pl.Int32))
        joined = ways.join(numbered, on=ways.columns, how="left", maintain_order="left")
        return joined["number"].to_numpy()

    def _number(self, places: str, modes: str, destination: str) -> int:
        origin, *stops = places.split("|")
        return self.routes.number(
            route_of(origin, stops, modes.split("|") if modes else [], destination)
        )


def _newest(old: _Table, new: _Table) -> _Table:
    parts = [np.concatenate((a, b)) for a, b in zip(_arrays(old), _arrays(new), strict=True)]
    key, version = parts[0], parts[1]
    order = np.lexsort((version, key))
    key = key[order]
    last = np.append(key[1:] != key[:-1], True) & (key != NO_KEY)
    kept = order[last]
    return _Table(*(part[kept] for part in parts))


def _arrays(table: _Table) -> tuple[npt.NDArray[np.generic], ...]:
    return (table.key, table.version, table.route, table.recorded_at, table.departed)


def _found(table: _Table, keys: npt.NDArray[np.int64]) -> Found:
    rows = table.rows(keys)
    known = rows >= 0
    if not known.any():
        return Found(
            np.zeros(len(keys), np.uint64),
            np.full(len(keys), NO_ROUTE, np.int32),
            np.zeros(len(keys), np.int64),
            np.zeros(len(keys), np.int64),
        )
    return Found(
        np.where(known, table.version[rows], 0).astype(np.uint64),
        np.where(known, table.route[rows], NO_ROUTE).astype(np.int32),
        np.where(known, table.recorded_at[rows], 0),
        np.where(known, table.departed[rows], 0),
    )
