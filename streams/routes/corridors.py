"""Routes of containers, each kept once and named by a small number, as whole-column look-ups.

Some thousand different routes carry a million containers. So the distances and legs of a route are
worked out once, when it is first seen, and an event only needs its container's route number.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
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
    """What is known of all routes seen so far; the last one stands for 'no route'."""

    places: dict[str, int]
    names: dict[str, tuple[npt.NDArray[np.int32], pa.Array]]
    countries: npt.NDArray[np.str_]
    total: npt.NDArray[np.float32]
    leg: npt.NDArray[np.uint8]
    so_far: npt.NDArray[np.float32]


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
        self, numbers: npt.NDArray[np.int32], places: npt.NDArray[np.int32], names: Sequence[str]
    ) -> RouteColumns:
        """Route columns of events.

        numbers: route of each event or NO_ROUTE, shape (n,); places: where each event happened,
        as a place in names, shape (n,).
        """
        facts = self._known()
        here = np.array([facts.places.get(canonical(name), -1) for name in names], np.int32)[places]
        # -1 is 'no route' in the first dimension and 'not on any route' in the second: last in both
        return RouteColumns(
            origin=_taken(facts.names["origin"], numbers),
            transit=_taken(facts.names["transit"], numbers),
            destination=_taken(facts.names["destination"], numbers),
            mode=_taken(facts.names["mode"], numbers),
            origin_country=facts.countries[0][numbers],
            destination_country=facts.countries[1][numbers],
            leg=facts.leg[numbers, here],
            distance_nm=facts.so_far[numbers, here],
            route_nm=facts.total[numbers],
        )

    def _known(self) -> _Facts:
        facts = self._facts
        if facts is None:
            with self._lock:
                facts = self._facts = _facts(tuple(self._numbers), self._lengths, self._places)
        return facts


def _facts(
    routes: tuple[Route, ...], lengths: Sequence[tuple[float, ...]], places: dict[str, int]
) -> _Facts:
    rows = (*routes, Route((), (), ""))
    leg = np.zeros((len(rows), len(places) + 1), np.uint8)
    so_far = np.full(leg.shape, np.nan, np.float32)
    total = np.full(len(rows), np.nan, np.float32)
    for i, route in enumerate(routes):
        travelled = np.concatenate(([0.0], np.cumsum(lengths[i]))) if route.places else np.zeros(0)
        for step, place in reversed(list(enumerate(route.places))):
            leg[i, places[place]] = min(step + 1, max(len(route.modes), 1), _LAST_LEG)
            so_far[i, places[place]] = travelled[step]
        total[i] = travelled[-1] if len(travelled) > 1 else np.nan
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
    # A copy: a place that is added later has no column here.
    return _Facts(dict(places), names, countries, total, leg, so_far)


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
