"""Containers whose events landed without a route a moment ago.

A worker that lands an itinerary looks for events that wait for it. An event that another worker
lands just then, still without a route, would be missed: so each worker remembers for a minute
which containers it landed without one, and looks again once it knows their itinerary.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.contracts.containers import examine
from streams.routes.itineraries import Itineraries

#: Far longer than any worker's view of the itineraries lags behind another's.
REMEMBER_SECONDS: Final = 60

#: Containers remembered at most; above it the oldest are forgotten.
MOST: Final = 500_000

#: Looking for half a million containers takes a while: not at every batch.
LOOK_SECONDS: Final = 1.0

_Chunk = tuple[float, npt.NDArray[np.int64], pl.Series]


class Waiting:
    """Containers landed without a route, for a minute. Used by one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._looked = now()
        self._chunks: deque[_Chunk] = deque()
        self._given: deque[tuple[float, pl.Series]] = deque()

    def add(self, containers: pl.Series) -> None:
        """Remember containers: strings, without nulls."""
        if len(containers):
            distinct = containers.unique()
            self._chunks.append((self._now(), examine(distinct)[1], distinct))

    def ready(self, itineraries: Itineraries) -> list[str]:
        """Containers whose itinerary is known by now; each is given once.

        Gives nothing when asked again within LOOK_SECONDS.
        """
        if self._now() < self._looked + LOOK_SECONDS:
            return []
        self._looked = self._now()
        found: list[str] = []
        for _ in range(len(self._chunks)):
            at, keys, names = self._chunks.popleft()
            known = itineraries.find(keys).recorded_at > 0
            found += self._give(names.filter(pl.Series(known)))
            if not known.all():
                self._chunks.append((at, keys[~known], names.filter(pl.Series(~known))))
        # Only after the look: a batch may have taken longer than a minute to land.
        self._forget()
        return found

    def again(self) -> None:
        """Give what was given within a minute once more: its batch may not have been committed."""
        for _, names in self._given:
            self.add(names)
        self._given.clear()

    def _give(self, names: pl.Series) -> list[str]:
        if len(names):
            self._given.append((self._now(), names))
        return names.to_list()

    def _forget(self) -> None:
        oldest = self._now() - REMEMBER_SECONDS
        while self._given and self._given[0][0] < oldest:
            self._given.popleft()
        while self._chunks and (self._chunks[0][0] < oldest or self._count() > MOST):
            self._chunks.popleft()

    def _count(self) -> int:
        return sum(len(keys) for _, keys, _ in self._chunks)
