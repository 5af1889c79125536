"""Route columns against `route_distance` summed by hand, event by event."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.routes.corridors import NO_ROUTE, Route, Routes, route_of
from streams.routes.distances import route_distance
from streams.routes.legs import Mode

WAYS = [
    route_of("PYASU", ["ARBUE", "BRSSZ", "BEANR"], ["RIVER", "SEA", "SEA"], "BEANR"),
    route_of("BRSSZ", ["NLRTM"], ["SEA"], "DEHAM"),
    route_of("BRIGI", ["ESALG", "BEANR"], ["SEA", "SEA"], "BEANR"),
    route_of("BRSSZ", ["XXXXX", "BEANR"], ["SEA", "SEA"], "BEANR"),
    route_of("BRSSZ", [], [], "region:EU"),
    route_of("BRSSZ", ["NLRTM"], ["UNKNOWN"], ""),
]
PLACES = ["PYASU", "ARBUE", "BRSSZ", "BEANR", "NLRTM", "BRIGI", "BRSPB", "ESALG", "XXXXX", "YYYYY"]
PORT = {"BRIGI": "BRSPB"}


def by_hand(route, place):
    """Leg, miles so far and miles in all, by the plain sum of the legs."""
    modes = [Mode[m] if m in Mode.__members__ else None for m in route.modes]
    miles = [d.nautical_miles for d in route_distance(route.places, modes)]
    miles = [math.nan if m is None else m for m in miles]
    total = sum(miles) if miles else math.nan
    place = PORT.get(place, place)
    if place not in route.places:
        return 0, math.nan, total
    at = route.places.index(place)
    return max(1, min(at + 1, len(route.modes))), sum(miles[:at]), total


def columns_of(numbers, places, routes):
    names = sorted(set(places))
    codes = np.array([names.index(p) for p in places], np.int32)
    return routes.columns(np.array(numbers, np.int32), codes, names)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, len(WAYS) - 1), st.sampled_from(PLACES)), min_size=1))
def test_every_event_has_the_leg_and_miles_of_its_place_on_its_route(events):
    routes = Routes()
    numbers = [routes.number(way) for way in WAYS]
    assert numbers == list(range(len(WAYS)))

    columns = columns_of([r for r, _ in events], [p for _, p in events], routes)

    none = Route((), (), "")
    for row, (number, place) in enumerate(events):
        route = WAYS[number] if number != NO_ROUTE else none
        leg, so_far, total = by_hand(route, place)
        assert columns.leg[row] == leg
        np.testing.assert_allclose(columns.distance_nm[row], so_far, rtol=1e-6)
        np.testing.assert_allclose(columns.route_nm[row], total, rtol=1e-6)
        assert columns.origin[row].as_py() == route.origin
        assert columns.destination[row].as_py() == route.destination
        assert columns.mode[row].as_py() == "|".join(route.modes)
        assert columns.transit[row].as_py() == "|".join(route.transit)


def test_transit_is_what_lies_between_origin_and_intended_destination():
    assert WAYS[0].transit == ("ARBUE", "BRSSZ")
    assert WAYS[1].transit == ("NLRTM",)  # it was meant to go on
    assert WAYS[4].transit == ()


def test_a_second_code_of_a_port_is_the_same_place():
    assert WAYS[2].origin == "BRSPB"
    routes = Routes()
    number = routes.number(WAYS[2])

    columns = columns_of([number] * 3, ["BRIGI", "BRSPB", "BRSSZ"], routes)

    assert columns.leg.tolist() == [1, 1, 0]


def test_countries_are_of_origin_and_destination():
    routes = Routes()
    numbers = [routes.number(way) for way in WAYS]

    columns = columns_of([*numbers, NO_ROUTE], ["BRSSZ"] * (len(numbers) + 1), routes)

    assert columns.origin_country.tolist() == ["PY", "BR", "BR", "BR", "BR", "BR", ""]
    assert columns.destination_country.tolist() == ["BE", "DE", "BE", "BE", "", "", ""]


def test_a_place_passed_twice_counts_as_first_passed():
    routes = Routes()
    number = routes.number(route_of("BRSSZ", ["ESALG", "BRSSZ"], ["SEA", "SEA"], "BRSSZ"))

    columns = columns_of([number], ["BRSSZ"], routes)

    assert (columns.leg[0], columns.distance_nm[0]) == (1, 0)
    assert columns.route_nm[0] > 0


def test_without_any_route_all_is_unknown():
    columns = columns_of([NO_ROUTE], ["BRSSZ"], Routes())

    assert columns.origin.to_pylist() == [""]
    assert columns.leg.tolist() == [0]
    assert np.isnan([columns.distance_nm[0], columns.route_nm[0]]).all()


def test_numbers_never_change():
    routes = Routes()
    first = [routes.number(way) for way in WAYS]
    columns_of(first, ["BRSSZ"] * len(first), routes)

    assert [routes.number(way) for way in reversed(WAYS)] == first[::-1]


@pytest.mark.parametrize("legs", [254, 255, 256, 400])
def test_an_absurdly_long_route_is_counted_as_far_as_the_column_goes(legs):
    stops = [f"region:{i}" for i in range(legs)]
    routes = Routes()
    number = routes.number(route_of("BRSSZ", stops, ["SEA"] * legs, stops[-1]))

    columns = columns_of([number] * 3, ["BRSSZ", stops[10], stops[-1]], routes)

    assert columns.leg.tolist() == [1, 12, min(legs, 255)]


def test_routes_added_while_others_look_up_do_not_disturb_them(monkeypatch):
    routes = Routes()
    number = routes.number(WAYS[1])
    known = routes._known

    def known_then_added():
        facts = known()
        for way in WAYS:
            routes.number(way)
        return facts

    monkeypatch.setattr(routes, "_known", known_then_added)
    columns = columns_of([number] * 4, ["PYASU", "ESALG", "XXXXX", "NLRTM"], routes)

    assert columns.leg.tolist() == [0, 0, 0, 1]
