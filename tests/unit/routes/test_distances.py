"""Distances against laws, NGA Pub. 151 and figures computed elsewhere."""

import csv
import re
from importlib.resources import files
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.routes.distances import Flag, Method, Mode, distance, route_distance
from streams.routes.places import places
from streams.routes.rivers import on_waterway, reach

CODES = sorted(place.locode for place in places())
WATERWAY = sorted(place.locode for place in places() if on_waterway(place))
CODE = st.sampled_from(CODES)
MODE = st.sampled_from([None, *Mode])
#: The sphere differs from WGS84 by up to 0.56 %, and legs are rounded to whole miles.
SPHERE, ROUNDING = 0.994, 2.0


def rows(name: str) -> list[dict[str, str]]:
    text = (files("streams.routes") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def haversine_nm(origin: str, destination: str) -> float:
    one, other = places().get(origin), places().get(destination)
    lat1, lon1, lat2, lon2 = map(radians, (one.lat, one.lon, other.lat, other.lon))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.009 * asin(sqrt(half)) / 1.852


@settings(max_examples=60, deadline=None)
@given(CODE, CODE, MODE)
def test_no_way_is_shorter_than_the_great_circle(
    origin: str, destination: str, mode: Mode | None
) -> None:
    miles = distance(origin, destination, mode).nautical_miles
    assert miles >= SPHERE * haversine_nm(origin, destination) - ROUNDING


@settings(max_examples=60, deadline=None)
@given(CODE, CODE, MODE)
def test_both_directions_are_equal_and_mirrored(
    origin: str, destination: str, mode: Mode | None
) -> None:
    there, back = distance(origin, destination, mode), distance(destination, origin, mode)
    assert there.nautical_miles == back.nautical_miles
    assert there.flags == back.flags
    assert there.via == back.via[::-1]
    assert (there.origin, there.destination) == (origin, destination)


@settings(max_examples=60, deadline=None)
@given(CODE, CODE, MODE)
def test_legs_join_up_and_sum_to_the_whole(
    origin: str, destination: str, mode: Mode | None
) -> None:
    way = distance(origin, destination, mode)
    assert way.legs[0].origin == origin
    assert way.legs[-1].destination == destination
    assert all(one.destination == other.origin for one, other in pairwise(way.legs))
    assert way.nautical_miles == way.sea_nm + way.river_nm + way.straight_nm


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(WATERWAY), CODE, MODE)
def test_no_sea_leg_ever_starts_on_the_waterway(
    origin: str, destination: str, mode: Mode | None
) -> None:
    for leg in distance(origin, destination, mode).legs:
        if leg.mode is Mode.SEA and leg.method is not Method.SAME_PLACE:
            assert leg.origin not in WATERWAY
            assert leg.destination not in WATERWAY


def test_every_row_of_the_table_is_given_back() -> None:
    for row in rows("sea_distances.csv"):
        way = distance(row["origin_locode"], row["destination_locode"])
        # River rows are summed from two legs, each rounded.
        assert way.nautical_miles == pytest.approx(float(row["nautical_miles"]), abs=1.0)
        assert (Flag.OFF_NETWORK in way.flags) == ("SNAP" in row["comment"])


def test_figures_of_nga_pub_151_agree_within_five_percent() -> None:
    quoted = [
        (row, float(found[1]))
        for row in rows("sea_distances.csv")
        if (found := re.search(r"Pub\. 151: (\d+) nm", row["comment"]))
    ]
    assert len(quoted) == 108
    for row, miles in quoted:
        way = distance(row["origin_locode"], row["destination_locode"])
        assert way.nautical_miles == pytest.approx(miles, rel=0.05)


@pytest.mark.parametrize(
    ("origin", "destination", "miles"),
    [
        ("BRSSZ", "BEANR", 5478),
        ("BRSSZ", "NLRTM", 5481),
        ("BRPNG", "BEANR", 5610),
        ("BRITJ", "BEANR", 5617),
        ("BRSSZ", "ESALG", 4486),
        ("BRSSZ", "DEHAM", 5750),
        ("UYMVD", "NLRTM", 6264),
        ("ARBUE", "NLRTM", 6371),
        ("ECGYE", "BEANR", 5672),
    ],
)
def test_figures_of_the_field_agree_within_one_percent(
    origin: str, destination: str, miles: float
) -> None:
    assert distance(origin, destination).nautical_miles == pytest.approx(miles, rel=0.01)


def test_asuncion_goes_to_rotterdam_by_the_river() -> None:
    way = distance("PYASU", "NLRTM")
    assert way.nautical_miles == pytest.approx(7250, rel=0.01)
    assert way.river_nm == pytest.approx(880, abs=1)
    assert way.via == ("ARBUE",)
    assert [leg.mode for leg in way.legs] == [Mode.RIVER, Mode.SEA]
    assert (way.legs[0].days_min, way.legs[0].days_max) == pytest.approx((7, 12), abs=1)


def test_a_river_pair_outside_the_table_takes_the_shorter_mouth() -> None:
    way = distance("PYASU", "BRSSZ")
    by = {
        mouth: distance("PYASU", mouth).nautical_miles + distance(mouth, "BRSSZ").nautical_miles
        for mouth in ("ARBUE", "UYMVD")
    }
    assert way.nautical_miles == min(by.values())


def test_river_ports_are_joined_by_the_river_alone() -> None:
    assert distance("PYASU", "PYPIL").method is Method.RIVER
    # Waterway kilometres of the sources: Asunción 1,630, Pilar 1,330, Rosario 420.
    assert reach("PYASU", "PYPIL").km == pytest.approx(1630 - 1330, abs=1)
    assert reach("ARROS", "PYASU").km == pytest.approx(1630 - 420, abs=1)
    assert reach("PYASU", "UYMVD").km == 1738
    assert reach("PYASU", "BRSSZ") is None


def test_river_ports_without_a_row_are_estimated_and_flagged() -> None:
    for code in ("PYITE", "PYTER", "PYPSA", "PYPAN"):
        way = distance(code, "NLRTM")
        assert Flag.ESTIMATED_RIVER in way.flags
        assert way.river_nm > 800
    assert Flag.ESTIMATED_RIVER not in distance("PYVLL", "NLRTM").flags


@pytest.mark.parametrize("code", ["BRVIX", "CLSAI", "BRITJ", "BRNVT", "BRIGI", "PECLL", "BRPEC"])
def test_ports_far_from_the_network_are_flagged_in_computed_pairs_too(code: str) -> None:
    way = distance(code, "ZADUR")
    assert way.method is Method.SEAROUTE
    assert Flag.OFF_NETWORK in way.flags
    assert Flag.OFF_NETWORK not in distance("BRSSZ", "ZADUR").flags


def test_airports_are_joined_by_the_great_circle() -> None:
    way = distance("BRGRU", "BEBRU")
    assert way.legs[0].mode is Mode.AIR
    assert way.nautical_miles == pytest.approx(haversine_nm("BRGRU", "BEBRU"), rel=0.006)


def test_an_inland_airport_is_never_moved_to_the_nearest_water() -> None:
    way = distance("PYLUQ", "NLRTM", Mode.SEA)
    assert way.sea_nm == 0
    assert way.flags == {Flag.OTHER_MODE, Flag.STRAIGHT_LINE}


def test_a_mode_that_does_not_join_the_places_is_flagged() -> None:
    assert Flag.OTHER_MODE in distance("BRSSZ", "BEANR", Mode.RIVER).flags
    assert Flag.STRAIGHT_LINE in distance("BEANR", "NLRTM", Mode.ROAD).flags


def test_two_codes_of_one_port_are_one_place() -> None:
    assert distance("BRIGI", "BRSPB").nautical_miles == 0
    assert distance("BRSPB", "BEANR").nautical_miles == distance("BRIGI", "BEANR").nautical_miles
    assert distance("BRSPB", "BEANR").origin == "BRSPB"


def test_neighbours_at_one_node_of_the_network_are_not_sent_out_to_sea_and_back() -> None:
    assert distance("BRITJ", "BRNVT").nautical_miles <= 5


def test_an_itinerary_with_unknown_places_keeps_its_other_legs() -> None:
    ways = route_distance(
        ["PYVLL", "ARBUE", "XXABC", "NLRTM", "region:EU", ""], [Mode.RIVER, Mode.SEA]
    )
    assert [way.nautical_miles is None for way in ways] == [False, True, True, True, True]
    assert ways[0].legs[0].mode is Mode.RIVER
    assert ways[1].flags == {Flag.UNKNOWN_PLACE}
    assert ways[3].flags == {Flag.NOT_A_POINT}
    assert ways[1].method is Method.UNKNOWN
    assert route_distance(["BRSSZ"]) == []
