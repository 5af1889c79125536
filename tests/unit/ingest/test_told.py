"""Itinerary events as rows and as what is told of them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from streams.contracts import schema
from streams.contracts.columns import columns
from streams.contracts.flags import Flag
from streams.ingest import told
from streams.names import Kind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_TIMES = dict.fromkeys(
    ["planned_departure", "planned_arrival", "actual_departure", "actual_arrival"]
)
FIRST = {"mode": "RIVER", "from_place": "PYASU", "to_place": "BRIGI", "vessel": None} | NO_TIMES
SECOND = {"mode": "SEA", "from_place": "BRIGI", "to_place": "BEANR", "vessel": "V"} | NO_TIMES
ITINERARY = {
    "event_id": "i1",
    "occurred_at": 1_780_000_000_000,
    "recorded_at": 1_780_000_000_000,
    "country": "PY",
    "provenance": "PARTNER",
    "container_number": "CSQU3054383",
    "status": "PLANNED",
    "origin": "PYASU",
    "intended_destination": "BEANR",
    "legs": [FIRST, SECOND],
    "cover_load": None,
}
ORIGIN = {
    "partition": pl.Series([1], dtype=pl.Int32),
    "offset": pl.Series([2], dtype=pl.Int64),
    "received_at": pl.Series([1_780_000_000_001], dtype=pl.Int64),
    "checksum": pl.Series([5], dtype=pl.UInt32),
}


def event(**fields):
    said = ITINERARY | fields
    types = columns(schema.load(Kind.ITINERARY))
    return pl.DataFrame(
        [pl.Series(name, [said[name]], dtype) for name, dtype in types.items()]
    ).with_columns(**ORIGIN)


def row(**fields):
    _, table = told.rows("a-topic", event(**fields), np.zeros(1, np.uint32))
    (one,) = table.to_pylist()
    return one


def test_places_are_the_origin_and_the_ends_of_the_legs():
    known = told.told(event()).row(0, named=True)

    assert (known["places"], known["modes"]) == ("PYASU|BRIGI|BEANR", "RIVER|SEA")
    assert (known["destination"], known["withdrawn"]) == ("BEANR", 0)


def test_without_legs_only_the_origin_is_known():
    known = told.told(event(legs=[])).row(0, named=True)

    assert (known["places"], known["modes"], known["departed"]) == ("PYASU", "", 0)


@pytest.mark.parametrize(
    ("planned", "actual", "wanted"), [(None, None, 0), (5, None, 5), (5, 7, 7), (None, 7, 7)]
)
def test_the_actual_departure_goes_before_the_planned_one(planned, actual, wanted):
    legs = [FIRST | {"planned_departure": planned, "actual_departure": actual}, SECOND]

    assert told.told(event(legs=legs))["departed"].to_list() == [wanted]
    landed = row(legs=legs)
    assert landed["leg_departures"] == [EPOCH + timedelta(milliseconds=wanted), EPOCH]
    assert landed["leg_departed"] == [int(actual is not None), 0]


@pytest.mark.parametrize("status", ["UNKNOWN", "PLANNED", "UNDER_WAY", "COMPLETED", "WITHDRAWN"])
def test_only_a_withdrawn_itinerary_is_withdrawn(status):
    landed = row(status=status)

    assert landed["withdrawn"] == (status == "WITHDRAWN")
    assert landed["status"] == status


def test_rows_have_official_codes_and_come_from_somewhere():
    landed = row()

    assert (landed["leg_from"], landed["leg_to"]) == (["PYASU", "BRSPB"], ["BRSPB", "BEANR"])
    assert (landed["leg_modes"], landed["leg_vessels"]) == (["RIVER", "SEA"], ["", "V"])
    assert (landed["topic"], landed["partition"], landed["offset"]) == ("a-topic", 1, 2)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, 0),
        ({"intended_destination": "region:EU"}, 0),
        ({"intended_destination": ""}, 0),
        ({"intended_destination": "BEXXX"}, Flag.UNKNOWN_PLACE),
        ({"origin": "PYXXX"}, Flag.UNKNOWN_PLACE),
        ({"legs": [FIRST | {"to_place": "BRXXX"}]}, Flag.UNKNOWN_PLACE),
    ],
)
def test_a_place_in_no_table_is_flagged(change, wanted):
    assert row(**change)["flags"] == wanted
