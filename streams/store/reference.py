"""Fills the table `places` from the shipped places, countries and outlines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from importlib.resources import files
from itertools import pairwise

from clickhouse_connect.driver.client import Client

from streams.routes import places as known
from streams.routes.countries import countries, regions

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One row of `places`. Degrees WGS84; None where a reference has no one position."""

    ref: str
    label: str
    level: str
    country: str
    kind: str = ""
    latitude: float | None = None
    longitude: float | None = None


def load_places(client: Client) -> int:
    """Write all places and give their number. Idempotent: the newest row of a reference wins."""
    rows = list(place_rows())
    client.insert("places", [astuple(row) for row in rows], [f.name for f in fields(PlaceRow)])
    return len(rows)


def place_rows() -> Iterator[PlaceRow]:
    """Give a row for each port, second code, country and region, and one for the unknown."""
    table = known.places()
    for code in dict.fromkeys([*table.by_locode, *table.aliases]):
        if place := table.get(code):
            yield _row(code, kind=place.kind.value, position=(place.lat, place.lon))
    middles = country_middles()
    for code in countries():
        yield _row(code, position=middles.get(code))
    for name in regions():
        yield _row(known.REGION_PREFIX + name)
    yield _row("")


def country_middles() -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the middle of each country's largest part, for drawing only."""
    text = (files("streams.routes") / "data" / "land_110m.geojson").read_text(encoding="utf-8")
    outlines = json.loads(text)["features"]
    return {
        feature["properties"]["iso2"]: _middle(feature["geometry"])
        for feature in outlines
        if feature["properties"]["iso2"]
    }


def _row(ref: str, kind: str = "", position: tuple[float, float] | None = None) -> PlaceRow:
    latitude, longitude = position or (None, None)
    level, country = known.level(ref).value, known.country_of(ref)
    return PlaceRow(ref, known.label(ref), level, country, kind, latitude, longitude)


def _middle(geometry: dict[str, list[list[Ring]]]) -> tuple[float, float]:
    several = str(geometry["type"]) == "MultiPolygon"
    outer = (
        [part[0] for part in geometry["coordinates"]] if several else geometry["coordinates"][:1]
    )
    _, lon, lat = max(_area_and_centroid(ring) for ring in outer)  # type: ignore[arg-type]  # GeoJSON nests by type
    return round(lat, 3), round(lon, 3)


def _area_and_centroid(ring: Ring) -> tuple[float, float, float]:
    """Area in square degrees and centroid of a closed ring, by the shoelace formula."""
    crosses = [(x0 * y1 - x1 * y0, x0 + x1, y0 + y1) for (x0, y0), (x1, y1) in pairwise(ring)]
    twice = sum(cross for cross, _, _ in crosses)
    lon = sum(cross * x for cross, x, _ in crosses) / (3 * twice)
    lat = sum(cross * y for cross, _, y in crosses) / (3 * twice)
    return abs(twice) / 2, lon, lat
