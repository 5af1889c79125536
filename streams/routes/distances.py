"""Distance between two places, by leg and by method, with what is doubtful about it flagged.

The checked table goes first. Another pair is computed once and kept: by sea over the network
of `searoute`, on the Paraguay-Paraná waterway by the table of its legs, else as a geodesic.
Every distance is the same in both directions; legs are in whole nautical miles.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from streams.routes.legs import Distance, Flag, Leg, Method, Mode
from streams.routes.places import Place, PlaceKind, PlaceLevel, canonical, level, places, table
from streams.routes.rivers import MOUTHS, on_waterway, reach
from streams.routes.sea import FAR_KM, sea_route, straight_nm

__all__ = ["Distance", "Flag", "Leg", "Method", "Mode", "distance", "route_distance"]

KM_PER_NM: Final = 1.852
#: How the comment of the table marks an end more than 50 km from the sea network.
_FAR_MARK: Final = "SNAP"


def distance(origin: str, destination: str, mode: Mode | None = None) -> Distance:
    """Distance between two place references; never raises for a place that is not known.

    Without a mode, ports are joined by sea and river, and any other place by air or road.
    """
    # Computed for one order only, so that both directions agree to the last digit.
    if origin > destination:
        return _turned(_distance(destination, origin, mode))
    return _distance(origin, destination, mode)


def route_distance(refs: Sequence[str], modes: Sequence[Mode | None] = ()) -> list[Distance]:
    """Distances from each place of an itinerary to the next; missing modes are guessed."""
    pairs = pairwise(refs)
    return [
        distance(origin, destination, modes[i] if i < len(modes) else None)
        for i, (origin, destination) in enumerate(pairs)
    ]


def _turned(way: Distance) -> Distance:
    legs = tuple(leg.reversed() for leg in way.legs[::-1])
    return Distance(way.destination, way.origin, legs, way.why_unknown)


@lru_cache(maxsize=65_536)
def _distance(origin: str, destination: str, mode: Mode | None) -> Distance:
    start, end = places().get(origin), places().get(destination)
    if start is None or end is None:
        why = frozenset(_why(ref) for ref in (origin, destination) if ref not in places())
        return Distance(origin, destination, (), why)
    legs = _legs(start, end, mode)
    # A trade code keeps its own name on the outer ends, whatever row gave the figure.
    legs = (replace(legs[0], origin=origin), *legs[1:])
    return Distance(origin, destination, (*legs[:-1], replace(legs[-1], destination=destination)))


def _why(ref: str) -> Flag:
    return Flag.UNKNOWN_PLACE if level(ref) is PlaceLevel.PORT else Flag.NOT_A_POINT


def _legs(start: Place, end: Place, mode: Mode | None) -> tuple[Leg, ...]:
    wanted = mode or _usual_mode(start, end)
    if places().canonical(start.locode) == places().canonical(end.locode):
        return (Leg(start.locode, end.locode, wanted, 0.0, Method.SAME_PLACE),)
    if wanted not in {Mode.SEA, Mode.RIVER}:
        return (_straight(start, end, wanted),)
    if wanted is Mode.RIVER or on_waterway(start) or on_waterway(end):
        river = _river(start.locode, end.locode)
        if river:
            return (river,)
    legs = _by_water(start, end)
    if wanted is Mode.RIVER:
        return tuple(replace(leg, flags=leg.flags | {Flag.OTHER_MODE}) for leg in legs)
    return legs


def _usual_mode(start: Place, end: Place) -> Mode:
    kinds = {start.kind, end.kind}
    if PlaceKind.AIRPORT in kinds:
        return Mode.AIR
    return Mode.ROAD if PlaceKind.INLAND in kinds else Mode.SEA


def _by_water(start: Place, end: Place) -> tuple[Leg, ...]:
    """River down to a mouth where an end lies on the waterway, and sea for the rest."""
    if on_waterway(end):
        return tuple(leg.reversed() for leg in _by_water(end, start)[::-1])
    if not on_waterway(start):
        return (_sea(start, end),)
    row = _table().get((start.locode, end.locode))
    # The table's rows of river ports are measured by the first mouth.
    mouths = MOUTHS[:1] if row else MOUTHS
    ways = [
        (river, _sea(places().by_locode[mouth], end))
        for mouth in mouths
        if (river := _river(start.locode, mouth))
    ]
    return min(ways, key=lambda way: sum(leg.nautical_miles for leg in way))


def _river(origin: str, destination: str) -> Leg | None:
    way = reach(origin, destination)
    if way is None:
        return None
    return Leg(
        origin,
        destination,
        Mode.RIVER,
        float(round(way.km / KM_PER_NM)),
        Method.RIVER,
        frozenset({Flag.ESTIMATED_RIVER}) if way.estimated else frozenset(),
        days_min=round(way.days_min, 1),
        days_max=round(way.days_max, 1),
        source="river_legs.csv",
    )


def _sea(start: Place, end: Place) -> Leg:
    pair = (start.locode, end.locode)
    return _from_table(*pair) or _computed(start, end)


def _from_table(origin: str, destination: str) -> Leg | None:
    row = _table().get((origin, destination))
    if row is None:
        return None
    return Leg(
        origin,
        destination,
        Mode.SEA,
        float(row["nautical_miles"]),
        Method.TABLE,
        frozenset({Flag.OFF_NETWORK}) if _FAR_MARK in row["comment"] else frozenset(),
        via=(row["via"],) if row["via"] else (),
        source=f"sea_distances.csv: {row['sources']}",
    )


@cache
def _table() -> dict[tuple[str, str], dict[str, str]]:
    """Rows of the table by pair, in both directions, under trade codes and official ones."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in table("sea_distances.csv"):
        here, there = row["origin_locode"], row["destination_locode"]
        rows[here, there] = rows[there, here] = row
    official = {(canonical(here), canonical(there)): row for (here, there), row in rows.items()}
    return official | rows


def _computed(start: Place, end: Place) -> Leg:
    route = sea_route(start, end)
    if route is None:
        return _straight(start, end, Mode.SEA)
    far = route.gap_km > FAR_KM
    ports = {PlaceKind.SEAPORT, PlaceKind.RIVER_PORT}
    if far and not {start.kind, end.kind} <= ports:
        # An inland town or airport: the network's nearest node is no place it can be reached from.
        leg = _straight(start, end, Mode.ROAD)
        return replace(leg, flags=leg.flags | {Flag.OTHER_MODE})
    return Leg(
        start.locode,
        end.locode,
        Mode.SEA,
        float(round(route.nautical_miles)),
        Method.SEAROUTE,
        frozenset({Flag.OFF_NETWORK}) if far else frozenset(),
        via=route.via,
        source="searoute between checked positions",
    )


def _straight(start: Place, end: Place, mode: Mode) -> Leg:
    flags = frozenset() if mode is Mode.AIR else frozenset({Flag.STRAIGHT_LINE})
    miles = float(round(straight_nm(start, end)))
    return Leg(start.locode, end.locode, mode, miles, Method.GREAT_CIRCLE, flags, source="WGS84")
