"""Sea routes between positions, over the network of the package searoute."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from geopy.distance import geodesic

from streams.routes.places import Place

#: An end further than this from the network is flagged: the straight gap may cross land.
FAR_KM: Final = 50.0


@dataclass(frozen=True, slots=True)
class SeaRoute:
    """Shortest route in nautical miles, gaps included; `via` names straits and canals passed.

    gap_km: the larger of the two straight gaps between an end and the network.
    """

    nautical_miles: float
    gap_km: float
    via: tuple[str, ...]


def straight_nm(origin: Place, destination: Place) -> float:
    """WGS84 geodesic in nautical miles."""
    return _nm((origin.lat, origin.lon), (destination.lat, destination.lon))


def sea_route(origin: Place, destination: Place) -> SeaRoute | None:
    """Route over the network plus a straight gap at both ends.

    None when both ends meet the network at the same node, where it cannot tell them apart, or
    when no way is open. Takes about 20 ms, the first call 400 ms: callers keep results.
    """
    # Imported here: the network takes 0.4 s to read, and most pairs stand in the table.
    from searoute import searoute  # noqa: PLC0415

    feature = searoute(
        (origin.lon, origin.lat), (destination.lon, destination.lat), return_passages=True
    )
    track = [(lat, lon) for lon, lat in feature.geometry.coordinates]
    if len(track) < len(("start", "end")):
        return None
    gaps = (
        _nm((origin.lat, origin.lon), track[0]),
        _nm(track[-1], (destination.lat, destination.lon)),
    )
    length = sum(_nm(here, there) for here, there in pairwise(track))
    passages = tuple(dict.fromkeys(feature.properties["traversed_passages"]))
    return SeaRoute(length + sum(gaps), max(gaps) * 1.852, passages)


def _nm(here: tuple[float, float], there: tuple[float, float]) -> float:
    return float(geodesic(here, there).nautical)
