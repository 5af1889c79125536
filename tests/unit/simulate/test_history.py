"""Published seizures as events, against an independent reading of the file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest

from streams.errors import StopError
from streams.simulate.history.dates import recorded
from streams.simulate.history.direction import direction
from streams.simulate.history.event import to_event, topic_partner
from streams.simulate.history.load import prepare_history
from streams.simulate.history.report import report, suspected_duplicates
from streams.simulate.history.rows import PUBLISHED, Row, UnusableError, Why, read

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "seizure-report.avsc").read_text(encoding="utf-8")
)
Events = dict[str, dict[str, Any]]
HEADER = (
    "seizure_id,seized_on,date_precision,authority_country,place_locode,quantity_kg,notes,"
    "origin_locode_or_country,destination_locode_or_country,detection_method,source_published"
)


@pytest.fixture(scope="module")
def events() -> Events:
    return {event["event_id"]: event for event in prepare_history(PUBLISHED).events}


@pytest.fixture(scope="module")
def source() -> pl.DataFrame:
    rows = pl.read_csv(PUBLISHED, infer_schema=False)
    return rows.filter(~pl.col("notes").fill_null("").str.contains("context row"))


def cells(**changes: str) -> Row:
    usual = {
        "seizure_id": "x",
        "seized_on": "2020-05-17",
        "date_precision": "day",
        "authority_country": "BR",
        "place_locode": "BRSSZ",
        "quantity_kg": "12.5",
    }
    return Row(2, usual | changes)


def test_each_usable_row_is_one_event(events: Events, source: pl.DataFrame) -> None:
    assert sorted(events) == sorted(source["seizure_id"])
    assert len(events) == 276


def test_kilos_by_year_are_the_files(events: Events, source: pl.DataFrame) -> None:
    expected = dict(
        source.group_by(pl.col("seized_on").str.slice(0, 4).cast(pl.Int64))
        .agg(pl.col("quantity_kg").cast(pl.Decimal(18, 3)).sum())
        .iter_rows()
    )
    counted = report("file", list(events.values()), [], dry_run=False).kilos_by_year
    assert {year: round(kilos, 3) for year, kilos in counted.items()} == {
        year: float(kilos) for year, kilos in expected.items()
    }


def test_every_event_fits_the_schema(events: Events) -> None:
    parsed = fastavro.parse_schema(SCHEMA)
    for event in events.values():
        assert set(event) == {field["name"] for field in SCHEMA["fields"]}
        assert fastavro.validation.validate(event, parsed, strict=True)


def test_topics_follow_the_authority(events: Events, source: pl.DataFrame) -> None:
    partner = {row["seizure_id"]: row["authority_country"] for row in source.iter_rows(named=True)}
    for event_id, event in events.items():
        known = partner[event_id] in {"BR", "PY", "BE", "NL"}
        assert topic_partner(event) == (partner[event_id] if known else "OPEN")
        assert event["country"] == partner[event_id]


def test_place_of_interception_is_never_taken_from_the_route(
    events: Events, source: pl.DataFrame
) -> None:
    for row in source.iter_rows(named=True):
        event = events[row["seizure_id"]]
        assert event["interception_place"] == (row["place_locode"] or row["authority_country"])
        assert event["interception_terminal"] is None


def test_context_rows_are_reported_not_sent() -> None:
    unusable = prepare_history(PUBLISHED).unusable
    assert [row.reason for row in unusable] == [Why.CONTEXT_ROW] * 5
    lines = PUBLISHED.read_text(encoding="utf-8").splitlines()
    for row in unusable:
        assert lines[row.row - 1].startswith(row.id)


def test_reading_twice_gives_the_same_events(events: Events) -> None:
    assert {e["event_id"]: e for e in prepare_history(PUBLISHED).events} == events


def test_nothing_is_recorded_before_it_occurred(events: Events) -> None:
    assert all(event["recorded_at"] >= event["occurred_at"] for event in events.values())


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2020-06-02", (2020, 6, 2)),
        ("2020-02", (2020, 2, 29)),
        ("2021", (2021, 12, 31)),
        ("", (2020, 1, 17)),
        ("2019-12", (2020, 1, 17)),
    ],
)
def test_recorded_is_the_last_day_of_the_published_period(
    published: str, expected: tuple[int, int, int]
) -> None:
    occurred_at = datetime(2020, 1, 17, tzinfo=UTC)
    assert recorded(published, occurred_at) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize("published", ["2020-13", "soon", "2020-02-30", "20200101"])
def test_an_unreadable_publication_date_is_no_event(published: str) -> None:
    with pytest.raises(UnusableError):
        to_event(cells(source_published=published))


def test_month_and_year_carry_their_first_day() -> None:
    month = to_event(cells(seized_on="2020-05-17", date_precision="month"))
    year = to_event(cells(seized_on="2020-05-17", date_precision="year"))
    assert month["occurred_at"] == datetime(2020, 5, 1, tzinfo=UTC)
    assert year["occurred_at"] == datetime(2020, 1, 1, tzinfo=UTC)


def test_several_destinations_become_candidates_of_equal_weight() -> None:
    event = to_event(cells(destination_locode_or_country="BEANR|BEZEE"))
    assert [(c["place"], c["weight"]) for c in event["destination_candidates"]] == [
        ("BEANR", 0.5),
        ("BEZEE", 0.5),
    ]
    assert event["intended_destination"] == "BE"
    event = to_event(cells(destination_locode_or_country="ZA|NL"))
    assert event["intended_destination"] is None


def test_several_origins_give_their_common_country_or_nothing() -> None:
    assert to_event(cells(origin_locode_or_country="BRSSZ|BRPNG"))["origin"] == "BR"
    assert to_event(cells(origin_locode_or_country="BR|EC"))["origin"] is None


def test_detection_methods_do_not_depend_on_their_order() -> None:
    one = to_event(cells(detection_method="dogs|physical check"))["detection_methods"]
    assert one == to_event(cells(detection_method="physical check|dogs"))["detection_methods"]
    assert one == ["DOGS", "PHYSICAL_CHECK"]
    assert to_event(cells(detection_method="unknown"))["detection_methods"] == []


@pytest.mark.parametrize(
    ("stopped", "origin", "destination", "expected"),
    [
        ("BRSSZ", "BR", "BEANR", "EXPORT"),
        ("BEANR", "EC", "BE", "IMPORT"),
        ("NLRTM", "BR", "region:EU", "IMPORT"),
        ("BEANR", "BR", "NL", "TRANSIT"),
        ("BRPNG", "BE", "BRPNG", "RETURN"),
        ("UYMVD", "PY", "DE", "TRANSIT"),
        ("NLRTM", "BR", None, "UNKNOWN"),
        ("NLRTM", None, "NL", "IMPORT"),
        ("GBLON", "BR", "region:EU", "TRANSIT"),
        ("BRSSZ", "region:South America", "BE", "EXPORT"),
    ],
)
def test_direction_is_seen_from_the_place_of_interception(
    stopped: str, origin: str, destination: str | None, expected: str
) -> None:
    assert direction(stopped, origin, destination) == expected


def test_loads_that_came_back_make_no_corridor_from_europe(events: Events) -> None:
    returned = {e["event_id"] for e in events.values() if e["direction"] == "RETURN"}
    assert returned == {
        "coc-brpng-202205-161kg",
        "coc-brpng-20221116-50kg",
        "coc-brpng-20230901-34p5kg",
        "coc-brpng-20240208-51p5kg",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"seizure_id": " "}, Why.NO_ID),
        ({"seized_on": "2020-02-30"}, Why.BAD_DATE),
        ({"seized_on": ""}, Why.BAD_DATE),
        ({"date_precision": "week"}, Why.BAD_PRECISION),
        ({"authority_country": "", "place_locode": ""}, Why.NO_COUNTRY),
        ({"authority_country": "XX"}, Why.NO_COUNTRY),
        ({"quantity_kg": ""}, Why.BAD_QUANTITY),
        ({"quantity_kg": "-3"}, Why.BAD_QUANTITY),
        ({"quantity_kg": "nan"}, Why.BAD_QUANTITY),
        ({"quantity_kg": "two tonnes"}, Why.BAD_QUANTITY),
        ({"notes": "a Context row"}, Why.CONTEXT_ROW),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes: dict[str, str], why: Why) -> None:
    with pytest.raises(UnusableError) as unusable:
        to_event(cells(**changes))
    assert unusable.value.why is why


def test_the_country_of_the_place_stands_in_for_a_missing_authority() -> None:
    assert to_event(cells(authority_country=""))["country"] == "BR"


def test_good_rows_go_on_beside_bad_ones_and_unknown_places_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text(
        f"{HEADER}\n"
        "a,2020-05-17,day,BR,BRQQ9,10,,,,,\n"
        "b,not a date,day,BR,BRSSZ,10,,,,,\n"
        "a,2020-05-18,day,BR,BRSSZ,10,,,,,\n",
        encoding="utf-8",
    )
    prepared = prepare_history(file)
    assert [event["event_id"] for event in prepared.events] == ["a"]
    assert [(row.row, row.id) for row in prepared.unusable] == [(3, "b"), (4, "a")]
    counts = report("some.csv", prepared.events, prepared.unusable, dry_run=True)
    assert counts.unknown_places == {"BRQQ9": 1}
    assert (counts.rows, counts.sent) == (3, 0)
    json.dumps(counts.as_json())


def test_a_file_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("seizure_id\na\n", encoding="utf-8")
    with pytest.raises(StopError, match="quantity_kg"):
        list(read(file))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00broken", b""])
def test_a_file_that_is_no_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(content)
    with pytest.raises(StopError):
        list(read(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="cannot be read"):
        list(read(tmp_path / "none.csv"))


def test_suspected_duplicates_are_told_and_kept(events: Events) -> None:
    pairs = {frozenset(pair) for pair in suspected_duplicates(events.values())}
    assert pairs == {
        frozenset({"coc-brssz-201804-450kg", "coc-brssz-201804-453kg"}),
        frozenset({"coc-brpng-20230308-35kg", "coc-brpng-20230308-35kg-2"}),
    }
