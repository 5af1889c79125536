"""The Paraguay-Paraná waterway: distances along the river, from the table of its legs.

The sea network of `searoute` ends at Rosario and drops the 900 km above it without a warning,
so no position on this waterway may ever be handed to it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from geopy.distance import geodesic

from streams.routes.places import Place, PlaceKind, places, table

#: Where river cargo meets ocean ships; both are nodes of the waterway and of the sea network.
MOUTHS: Final = ("ARBUE", "UYMVD")
WATERWAY: Final = "paraguay_parana"
#: River length by straight length between neighbouring ports, as the table's own estimates.
MEANDER: Final = 1.3


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """A way along the river: kilometres, days usual for a barge, whether a part is estimated."""

    km: float
    days_min: float
    days_max: float
    estimated: bool = False

    def __add__(self, other: "Reach") -> "Reach":
        """Put two reaches end to end."""
        return Reach(
            self.km + other.km,
            self.days_min + other.days_min,
            self.days_max + other.days_max,
            self.estimated or other.estimated,
        )


def on_waterway(place: Place) -> bool:
    """Whether the place is a river port of the waterway (its mouths are sea ports)."""
    return place.kind is PlaceKind.RIVER_PORT and place.region == WATERWAY


def reach(origin: str, destination: str) -> Reach | None:
    """Way along the river between two codes, the same in both directions.

    None when one of them is no port of the waterway. Ports that the table of legs leaves out
    are tied to the two nearest ports in it; such a reach is marked estimated.
    """
    ways = [
        first + middle + last
        for start, first in _ties(origin)
        for end, last in _ties(destination)
        if (middle := _waterway().get((start, end)))
    ]
    return min(ways, default=None)


@cache
def _waterway() -> dict[tuple[str, str], Reach]:
    """Shortest reach between any two ports of the table (Floyd and Warshall)."""
    ways: dict[tuple[str, str], Reach] = {}
    for row in table("river_legs.csv"):
        leg = Reach(
            float(row["waterway_km"]),
            float(row["typical_days_min"]),
            float(row["typical_days_max"]),
        )
        ways[row["from_locode"], row["to_locode"]] = leg
        ways[row["to_locode"], row["from_locode"]] = leg
    nodes = sorted({start for start, _ in ways})
    ways |= {(node, node): Reach(0.0, 0.0, 0.0) for node in nodes}
    for by in nodes:
        for start in nodes:
            for end in nodes:
                if (start, by) in ways and (by, end) in ways:
                    way = ways[start, by] + ways[by, end]
                    ways[start, end] = min(ways.get((start, end), way), way)
    return ways


@cache
def _ties(locode: str) -> tuple[tuple[str, Reach], ...]:
    """Ports of the table to pass from this one, with the reach up to them."""
    if (locode, locode) in _waterway():
        return ((locode, Reach(0.0, 0.0, 0.0)),)
    place = places().get(locode)
    if place is None or not on_waterway(place):
        return ()
    nodes = {start for start, _ in _waterway()} - set(MOUTHS)
    near = sorted((_straight_km(place, places().by_locode[node]), node) for node in nodes)
    return tuple((node, Reach(MEANDER * km, 0.0, 0.0, estimated=True)) for km, node in near[:2])


def _straight_km(one: Place, other: Place) -> float:
    return float(geodesic((one.lat, one.lon), (other.lat, other.lon)).km)
