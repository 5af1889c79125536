"""The checked table and the references of events, against the case file and its own rules."""

import csv
import json
from importlib.resources import files

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.routes.places import (
    PlaceKind,
    PlaceLevel,
    canonical,
    country_of,
    is_known,
    label,
    level,
    parse_reference,
    parse_references,
    places,
    unknown,
)

DATA = files("streams.routes") / "data"
PLACE_COLUMNS = ("origin_locode", "destination_locode", "from_locode", "to_locode")


def test_all_ports_load_with_positions_on_earth_and_provenance() -> None:
    assert len(places()) == 130
    for place in places():
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180
        assert place.sources
        assert place.check in {"agree", "corrected", "single_source"}
        assert place.locode.startswith(place.country)


def test_the_checks_count_as_their_description_says() -> None:
    checks = [place.check for place in places()]
    assert [checks.count(c) for c in ("agree", "corrected", "single_source")] == [111, 12, 7]


def test_every_code_of_the_distance_tables_is_a_place() -> None:
    for name in ("sea_distances.csv", "river_legs.csv"):
        rows = csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines())
        codes = {row[column] for row in rows for column in PLACE_COLUMNS if column in row}
        assert codes
        assert not unknown(codes)


def test_outlines_carry_the_countries_of_the_ports() -> None:
    outlines = json.loads((DATA / "land_110m.geojson").read_text(encoding="utf-8"))
    drawn = {feature["properties"]["iso2"] for feature in outlines["features"]}
    # Too small for the map's scale, but known by name.
    assert {place.country for place in places()} - drawn == {"CV", "HK", "MT"}


@pytest.mark.parametrize(
    ("text", "ref", "its_level", "country", "shown"),
    [
        ("BRSSZ", "BRSSZ", PlaceLevel.PORT, "BR", "Santos (BRSSZ)"),
        ("brssz", "BRSSZ", PlaceLevel.PORT, "BR", "Santos (BRSSZ)"),
        ("BRXYZ", "BRXYZ", PlaceLevel.PORT, "BR", "BRXYZ"),
        ("XXABC", "XXABC", PlaceLevel.PORT, "", "XXABC"),
        (" br ", "BR", PlaceLevel.COUNTRY, "BR", "Brazil"),
        ("Spain", "ES", PlaceLevel.COUNTRY, "ES", "Spain"),
        ("CW", "CW", PlaceLevel.COUNTRY, "CW", "Curaçao"),
        ("QQ", "QQ", PlaceLevel.COUNTRY, "", "QQ"),
        ("EU", "region:EU", PlaceLevel.REGION, "", "European Union"),
        ("European Union", "region:EU", PlaceLevel.REGION, "", "European Union"),
        ("South America", "region:South America", PlaceLevel.REGION, "", "South America"),
        ("Africa", "region:Africa", PlaceLevel.REGION, "", "Africa"),
        ("Sahel", "region:Sahel", PlaceLevel.REGION, "", "Sahel"),
        ("", "", PlaceLevel.UNKNOWN, "", "unknown"),
        ("  ", "", PlaceLevel.UNKNOWN, "", "unknown"),
    ],
)
def test_reference_forms(
    text: str, ref: str, its_level: PlaceLevel, country: str, shown: str
) -> None:
    assert parse_reference(text) == ref
    assert level(ref) is its_level
    assert country_of(ref) == country
    assert label(ref) == shown


def test_several_references_keep_their_order() -> None:
    assert parse_references("ZA|NL") == ("ZA", "NL")
    assert parse_references("") == ()
    assert parse_references("BR||EU") == ("BR", "region:EU")


@given(st.text(max_size=20))
def test_parsing_twice_changes_nothing_and_loses_nothing(text: str) -> None:
    ref = parse_reference(text)
    assert parse_reference(ref) == ref
    assert bool(ref) == bool(text.strip().removeprefix("region:").strip())


def test_unknown_codes_are_counted_not_dropped() -> None:
    refs = ["BRSSZ", "BRXYZ", "BRXYZ", "", "EU", "region:EU", "QQ", "region:Sahel"]
    assert unknown(refs) == {"BRXYZ": 2, "EU": 1, "QQ": 1, "region:Sahel": 1}
    assert not is_known("")


def test_second_codes_lead_to_the_official_one() -> None:
    assert canonical("BRIGI") == "BRSPB"
    assert canonical("BRVLC") == "BRVDC"
    assert canonical("BRSSZ") == "BRSSZ"
    assert canonical("region:EU") == "region:EU"
    # A second code without a row of its own finds the port.
    assert places().get("CRPMN") is places().get("CRMOB")
    assert all(target in places().by_locode for target in places().aliases.values())


def test_known_mask_agrees_with_the_scalar_question() -> None:
    codes = ["BRSSZ", "BRXYZ", "CRPMN", "", None, "BR"]
    expected = [code is not None and code in places() for code in codes]
    assert places().known_mask(pl.Series(codes, dtype=pl.String)).to_list() == expected


def test_errors_of_common_lists_are_not_repeated() -> None:
    by_code = places().by_locode
    assert by_code["BRITQ"].kind is PlaceKind.INLAND
    assert by_code["BRNVT"].lat == pytest.approx(by_code["BRITJ"].lat, abs=0.1)
    assert by_code["PYLUQ"].lat < 0
    assert by_code["ARSFN"].lat == pytest.approx(-31.65, abs=0.1)
