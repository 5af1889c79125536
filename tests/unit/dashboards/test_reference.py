"""Rows of the table `places`."""

from streams.store.reference import country_middles, place_rows

ROWS = {row.ref: row for row in place_rows()}


def test_every_reference_has_one_row_and_a_label() -> None:
    assert len(ROWS) == len(list(place_rows()))
    assert all(row.label for row in ROWS.values())
    assert ROWS["BRSSZ"].label == "Santos (BRSSZ)"
    assert ROWS[""].label == "unknown"
    assert ROWS["region:EU"].label == "European Union"


def test_second_codes_have_the_position_of_their_port() -> None:
    assert (ROWS["BRIGI"].latitude, ROWS["BRIGI"].longitude) == (
        ROWS["BRSPB"].latitude,
        ROWS["BRSPB"].longitude,
    )


def test_what_has_no_one_position_has_none() -> None:
    assert ROWS[""].latitude is None
    assert ROWS["region:EU"].longitude is None


def test_countries_lie_within_their_largest_part() -> None:
    middles = country_middles()
    # Boxes read off an atlas; the overseas parts of France and the Netherlands lie elsewhere.
    boxes = {
        "BR": (-34, 6, -74, -34),
        "FR": (42, 52, -5, 9),
        "NL": (50, 54, 3, 8),
        "PY": (-28, -19, -63, -54),
    }
    for country, (south, north, west, east) in boxes.items():
        lat, lon = middles[country]
        assert south < lat < north
        assert west < lon < east
