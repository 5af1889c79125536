"""Routes of containers, each kept once and named by a small number, as whole-column look-ups.

Some thousand different routes carry a million containers. So the distances and legs of a route are
worked out once, when it is first seen, and an event only needs its container's route number.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.routes.distances import route_distance
from streams.routes.legs import Mode
from streams.routes.places import canonical, country_of

#: Route number of an event whose container has no known itinerary.
NO_ROUTE: Final = -1

_JOIN: Final = "|"

#: Legs are counted so far; no real route has a tenth of it.
_LAST_LEG: Final = 255


@dataclass(frozen=True, slots=True)
class Route:
    """Places passed in order, with the modes between them, and where it was meant to go.

    places: place references, the origin first; modes: one fewer, as in the contracts (SEA, RIVER,
    ...). The intended destination may lie beyond the last place.
    """

    places: tuple[str, ...]
    modes: tuple[str, ...]
    destination: str

    @property
    def origin(self) -> str:
        """Where the route begins, '' if unknown."""
        return self.places[0] if self.places else ""

    @property
    def transit(self) -> tuple[str, ...]:
        """Places between origin and intended destination."""
        reached = len(self.places) > 1 and self.places[-1] == self.destination
        return self.places[1:-1] if reached else self.places[1:]


def route_of(origin: str, stops: Sequence[str], modes: Sequence[str], destination: str) -> Route:
    """Make a route of place references as they stand in an itinerary: origin and ends of legs."""
    places = tuple(canonical(ref) for ref in (origin, *stops))
    return Route(places, tuple(modes), canonical(destination))


@dataclass(frozen=True, slots=True)
class RouteColumns:
    """Columns of n routed events. Dictionary arrays are as ClickHouse stores them."""

    origin: pa.DictionaryArray
    transit: pa.DictionaryArray
    destination: pa.DictionaryArray
    mode: pa.DictionaryArray
    origin_country: npt.NDArray[np.str_]
    destination_country: npt.NDArray[np.str_]
    leg: npt.NDArray[np.uint8]
    distance_nm: npt.NDArray[np.float32]
    route_nm: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of all routes seen so far; the last one stands for 'no route'.

    stop: sorted, a number for each route and place on it (see `_stop`); leg and so_far belong to
    it, and end with what holds at all other places.
    """

    places: dict[str, int]
    names: dict[str, tuple[npt.NDArray[np.int32], pa.Array]]
    countries: npt.NDArray[np.str_]
    total: npt.NDArray[np.float32]
    stop: npt.NDArray[np.int64]
    leg: npt.NDArray[np.uint8]
    so_far: npt.NDArray[np.float32]

    def stops(
        self, routes: npt.NDArray[np.int32], places: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Row of each event's route and place in leg and so_far; the last where they don't meet."""
        wanted = _stop(routes.astype(np.int64), places)
        at = np.searchsorted(self.stop, wanted)
        found = self.stop[np.minimum(at, len(self.stop) - 1)] == wanted if len(self.stop) else False
        return np.asarray(np.where(found, at, len(self.stop)))


class Routes:
    """All routes seen; numbers are given in order of appearance and never change.

    One thread may add routes while others look up.
    """

    def __init__(self) -> None:
        self._numbers: dict[Route, int] = {}
        self._lengths: list[tuple[float, ...]] = []
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()
        self._facts: _Facts | None = None

    def number(self, route: Route) -> int:
        """Give a route's number, a new one if it is seen for the first time."""
        known = self._numbers.get(route)
        if known is not None:
            return known
        with self._lock:
            if route not in self._numbers:
                self._lengths.append(_lengths(route))
                for place in route.places:
                    self._places.setdefault(place, len(self._places))
                self._facts = None
                self._numbers[route] = len(self._numbers)
            return self._numbers[route]

    def columns(
        self, numbers: npt.NDArray[np.int32], where: npt.NDArray[np.int32], names: Sequence[str]
    ) -> RouteColumns:
        """Route columns of events.

        numbers: route of each event or NO_ROUTE, shape (n,); where: the place of each event,
        as a row of names, shape (n,).
        """
        facts = self._known()
        known = [facts.places.get(canonical(name), -1) for name in names]
        stop = facts.stops(numbers, np.array(known, np.int64)[where])
        return RouteColumns(
            origin=_taken(facts.names["origin"], numbers),
            transit=_taken(facts.names["transit"], numbers),
            destination=_taken(facts.names["destination"], numbers),
            mode=_taken(facts.names["mode"], numbers),
            origin_country=facts.countries[0][numbers],
            destination_country=facts.countries[1][numbers],
            leg=facts.leg[stop],
            distance_nm=facts.so_far[stop],
            route_nm=facts.total[numbers],
        )

    def _known(self) -> _Facts:
        facts = self._facts
        if facts is None:
            with self._lock:
                facts = self._facts = _facts(tuple(self._numbers), self._lengths, self._places)
        return facts


def _stop(route: npt.NDArray[np.int64], place: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number a pair of route and place; negative if either is unknown (-1)."""
    return np.asarray(np.where((route < 0) | (place < 0), -1, (route << 32) | place))


def _facts(
    routes: tuple[Route, ...], lengths: Sequence[tuple[float, ...]], places: dict[str, int]
) -> _Facts:
    rows = (*routes, Route((), (), ""))
    total = np.full(len(rows), np.nan, np.float32)
    stops: dict[int, tuple[int, float]] = {}
    for i, route in enumerate(routes):
        travelled = [0.0, *accumulate(lengths[i])]
        for step, place in enumerate(route.places):
            leg = min(step + 1, max(len(route.modes), 1), _LAST_LEG)
            stops.setdefault(i << 32 | places[place], (leg, travelled[step]))
        if len(travelled) > 1:
            total[i] = travelled[-1]
    text = {
        "origin": [r.origin for r in rows],
        "transit": [_JOIN.join(r.transit) for r in rows],
        "destination": [r.destination for r in rows],
        "mode": [_JOIN.join(r.modes) for r in rows],
    }
    countries = np.array(
        [[country_of(r.origin) for r in rows], [country_of(r.destination) for r in rows]]
    )
    names = {column: _encoded(values) for column, values in text.items()}
    stop = sorted(stops)
    leg_and_miles = [*(stops[number] for number in stop), (0, np.nan)]
    return _Facts(
        dict(places),  # a copy: a place that is added later has no stop here
        names,
        countries,
        total,
        np.array(stop, np.int64),
        np.array([leg for leg, _ in leg_and_miles], np.uint8),
        np.array([miles for _, miles in leg_and_miles], np.float32),
    )


def _lengths(route: Route) -> tuple[float, ...]:
    """Nautical miles of each leg; nan where a place is unknown."""
    modes = [Mode[mode] if mode in Mode.__members__ else None for mode in route.modes]
    return tuple(
        np.nan if way.nautical_miles is None else way.nautical_miles
        for way in route_distance(route.places, modes)
    )


def _encoded(values: Sequence[str]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    encoded = pa.array(values, pa.string()).dictionary_encode()
    return np.asarray(encoded.indices), encoded.dictionary


def _taken(
    encoded: tuple[npt.NDArray[np.int32], pa.Array], numbers: npt.NDArray[np.int32]
) -> pa.DictionaryArray:
    codes, names = encoded
    return pa.DictionaryArray.from_arrays(codes[numbers], names)
