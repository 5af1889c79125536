"""The simulated stream: the same for the same parameters, true to its schemas and its truth."""

import json
import pickle
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.names import PARTNERS, Kind
from streams.routes.places import is_known
from streams.simulate.events import events
from streams.simulate.faults import GARBLED, SHARES
from streams.simulate.sent import Fault, Outcome, Sent
from streams.simulate.sites import POOR_SITE
from streams.simulate.spoil import decodes
from streams.simulate.stream import Run, _order, clean

START = 1_790_000_000_000
SCHEMAS = Path(__file__).parents[3] / "schemas"


@cache
def schema(kind: Kind) -> Any:  # fastavro gives no type
    text = (SCHEMAS / f"{kind}.avsc").read_text(encoding="utf-8")
    return fastavro.parse_schema(json.loads(text), _force=True)


@pytest.fixture(scope="module")
def stream() -> list[Sent]:
    return list(events(7, 500.0, START, 80, 0.0))


@pytest.fixture(scope="module")
def faulty_stream() -> list[Sent]:
    return list(events(7, 500.0, START, 80, 0.25))


def check_digit(number: str) -> int:
    """ISO 6346 from its text: letters count on from 10, leaving out 11, 22 and 33."""
    letters: dict[str, int] = dict(
        zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
    )
    total: int = sum(
        letters.get(c, 0) * 2**i if c.isalpha() else int(c) * 2**i
        for i, c in enumerate(number[:10])
    )
    return total % 11 % 10


def of_kind(stream: Iterable[Sent], kind: Kind) -> list[dict[str, Any]]:
    return [sent.event for sent in stream if sent.kind is kind]


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**32),
    rate=st.sampled_from([0.5, 50.0, 3000.0]),
    faults=st.sampled_from([0.0, 0.3]),
)
def test_same_parameters_give_the_same_bytes(seed: int, rate: float, faults: float) -> None:
    one, other = (list(events(seed, rate, START, 300 / rate, faults)) for _ in range(2))
    assert pickle.dumps(one) == pickle.dumps(other)
    assert len(one) >= 300


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 900))
def test_a_longer_stream_only_adds_to_the_end(seed: int, cut: int) -> None:
    short = list(events(seed, 100.0, START, cut / 100))
    long = events(seed, 100.0, START, 10)
    assert list(islice(long, cut)) == short


def test_another_seed_gives_other_events(stream: list[Sent]) -> None:
    other = list(events(8, 500.0, START, 2))
    known = {sent.event["event_id"] for sent in stream}
    assert known.isdisjoint(sent.event["event_id"] for sent in other)


def test_every_event_fits_its_schema(stream: list[Sent], faulty_stream: list[Sent]) -> None:
    for sent in stream[::7] + faulty_stream[::7]:
        names = {field["name"] for field in schema(sent.kind)["fields"]}
        assert set(sent.event) == names
        assert fastavro.validation.validate(sent.event, schema(sent.kind), strict=True)


def test_seizures_and_their_corrections_fit_their_schema() -> None:
    found = of_kind(events(3, 500.0, START, 40, hits=100.0), Kind.SEIZURE_REPORT)
    assert {event["status"] for event in found} == {"PROVISIONAL", "CONFIRMED", "AMENDED"}
    assert fastavro.validation.validate_many(found, schema(Kind.SEIZURE_REPORT), strict=True)


def test_all_is_synthetic_and_from_the_partner_of_its_topic(stream: list[Sent]) -> None:
    assert {sent.event["provenance"] for sent in stream} == {"SYNTHETIC"}
    assert all(sent.event["country"] == sent.partner for sent in stream)
    assert {sent.partner for sent in stream} == set(PARTNERS)


def test_check_digits_are_valid(stream: list[Sent]) -> None:
    numbers = {sent.event["container_number"] for sent in stream} - {None}
    assert len(numbers) > 10_000
    assert all(check_digit(number) == int(number[-1]) for number in numbers)
    assert check_digit("CSQU3054383") == 3


def test_each_container_makes_one_visit(stream: list[Sent]) -> None:
    scanned = [event["container_number"] for event in of_kind(stream, Kind.SCAN_VERDICT)]
    assert len(set(scanned)) == len(scanned)


def test_event_ids_are_unique_and_times_in_order(stream: list[Sent]) -> None:
    assert len({sent.event["event_id"] for sent in stream}) == len(stream)
    assert [sent.at for sent in stream] == [START + 2 * n for n in range(len(stream))]
    for sent in stream:
        assert sent.event["occurred_at"] <= sent.event["recorded_at"] <= sent.at


def test_itineraries_come_before_their_scans_unless_marked(stream: list[Sent]) -> None:
    known: set[str] = set()
    marks: Counter[str] = Counter()
    last = stream[-2_000].at
    for sent in stream:
        container = sent.event["container_number"]
        if sent.kind is Kind.ITINERARY:
            known.add(container)
        elif sent.kind is Kind.SCAN_VERDICT and sent.at < last:
            assert (container in known) == (sent.itinerary == "before")
            marks[sent.itinerary] += 1
    assert 0.015 < marks["late"] / marks.total() < 0.05
    assert 0.01 < marks["never"] / marks.total() < 0.04


def test_voyages_pass_the_place_of_the_scan_about_now(stream: list[Sent]) -> None:
    day = 86_400_000
    ways = {event["container_number"]: event for event in of_kind(stream, Kind.ITINERARY)}
    for scan in of_kind(stream, Kind.SCAN_VERDICT):
        way = ways.get(scan["container_number"])
        if way is None:
            continue
        legs = way["legs"]
        places = [way["origin"], *(leg["to_place"] for leg in legs)]
        here = places.index(scan["facility_locode"])
        assert places[-1] == way["intended_destination"]
        assert [leg["from_place"] for leg in legs] == places[:-1]
        now = scan["occurred_at"]
        if here == 0:
            assert scan["phase"] == "LOAD"
            assert -day < legs[0]["planned_departure"] - now < 4 * day
        else:
            assert scan["phase"] == ("DISCHARGE" if here == len(legs) else "TRANSIT")
            assert -3 * day < legs[here - 1]["actual_arrival"] - now < 0
        assert all(leg["actual_arrival"] is None for leg in legs[here:])
        for leg in legs:
            assert leg["planned_departure"] < leg["planned_arrival"]


def test_paraguay_goes_by_river_first_and_takes_weeks(stream: list[Sent]) -> None:
    ways = [e for e in of_kind(stream, Kind.ITINERARY) if e["origin"].startswith("PY")]
    assert ways
    for way in ways:
        assert way["legs"][0]["mode"] == "RIVER"
        assert way["legs"][0]["to_place"] in {"ARBUE", "UYMVD"}
        days = (way["legs"][-1]["planned_arrival"] - way["legs"][0]["planned_departure"]) / 86.4e6
        assert 30 < days < 80


def test_every_place_is_in_the_table(stream: list[Sent]) -> None:
    for event in of_kind(stream, Kind.ITINERARY):
        assert all(
            is_known(leg["from_place"]) and is_known(leg["to_place"]) for leg in event["legs"]
        )


def test_one_site_is_poor_and_the_others_are_not(stream: list[Sent]) -> None:
    scans = (
        pl.DataFrame(
            [
                {
                    "site": f"{e['facility_locode']}/{e['facility_terminal']}",
                    "verdict": e["verdict"],
                }
                for e in of_kind(stream, Kind.SCAN_VERDICT)
            ]
        )
        .group_by("site")
        .agg((pl.col("verdict") == "INCONCLUSIVE").mean().alias("share"), pl.len())
    )
    shares = {site: share for site, share, n in scans.iter_rows() if n > 100}
    assert shares.pop(POOR_SITE) > 0.2
    assert max(shares.values()) < 0.08


def test_finds_are_rare_and_each_has_a_seizure(stream: list[Sent]) -> None:
    scans = of_kind(stream, Kind.SCAN_VERDICT)
    first = [e for e in of_kind(stream, Kind.SEIZURE_REPORT) if e["status"] != "AMENDED"]
    assert 0.2 < 1000 * len(first) / len(scans) < 2
    scanned = {scan["container_number"] for scan in scans}
    assert all(seizure["container_number"] in scanned for seizure in first)


def test_loads_have_the_published_shape() -> None:
    kilos = [
        e["quantity_kg"]
        for e in of_kind(events(5, 500.0, START, 60, hits=300.0), Kind.SEIZURE_REPORT)
        if e["status"] == "CONFIRMED"
    ]
    assert len(kilos) > 1_000
    quantiles = (
        pl.Series(kilos).quantile(0.1),
        pl.Series(kilos).median(),
        pl.Series(kilos).quantile(0.9),
    )
    for got, published in zip(quantiles, (77, 460, 2730), strict=True):
        assert got == pytest.approx(published, rel=0.25)


def test_a_correction_names_the_first_report_and_its_site_and_time() -> None:
    reports = of_kind(events(5, 500.0, START, 40, hits=300.0), Kind.SEIZURE_REPORT)
    by_id = {event["event_id"]: event for event in reports}
    corrections = [event for event in reports if event["retracted_event_id"]]
    assert corrections
    for event in corrections:
        first = by_id[event["retracted_event_id"]]
        assert first["status"] == "PROVISIONAL"
        assert event["retracted_site"] == first["interception_place"]
        assert event["retracted_occurred_at"] == first["occurred_at"]
        assert event["quantity_kg"] == pytest.approx(first["quantity_kg"], rel=0.06)
        assert not event["withdrawal"]


def test_cameras_keep_to_the_four_purposes_and_their_sites(stream: list[Sent]) -> None:
    seen = of_kind(stream, Kind.CAMERA_EVENT)
    assert {event["purpose"] for event in seen} <= {
        "RISK_MAPPING", "EXPOSURE_LIMITATION", "CONTROL_DECISION", "CONTROL_SUPPORT",
    }  # fmt: skip
    sites: dict[str, set[str]] = {}
    for event in seen:
        assert event["camera_plan_year"] == 2026
        sites.setdefault(event["camera_id"], set()).add(
            f"{event['facility_locode']}/{event['facility_terminal']}"
        )
    assert all(len(of_one) == 1 for of_one in sites.values())


def test_faults_come_in_the_chosen_share_and_mix(faulty_stream: list[Sent]) -> None:
    base = len({sent.event["event_id"] for sent in faulty_stream})
    counted = Counter(sent.fault for sent in faulty_stream if sent.fault)
    assert counted.total() / base == pytest.approx(0.25, rel=0.05)
    for fault, share in SHARES.items():
        assert counted[fault] / counted.total() == pytest.approx(share, rel=0.2)


def test_nothing_is_lost_or_added_but_repetitions(
    stream: list[Sent], faulty_stream: list[Sent]
) -> None:
    times = Counter(sent.event["event_id"] for sent in faulty_stream)
    assert set(times) == {sent.event["event_id"] for sent in stream}
    repeated = {s.event["event_id"] for s in faulty_stream if s.fault is Fault.REPEATED}
    assert {event_id for event_id, n in times.items() if n > 1} == repeated
    assert max(times.values()) == 2


def test_repetitions_follow_and_equal_what_they_repeat(faulty_stream: list[Sent]) -> None:
    seen: dict[str, dict[str, Any]] = {}
    for sent in faulty_stream:
        if sent.outcome is Outcome.DUPLICATE:
            assert seen[sent.event["event_id"]] == sent.event
        seen[sent.event["event_id"]] = sent.event


def test_garbled_bodies_do_not_decode(faulty_stream: list[Sent]) -> None:
    garbled = [sent for sent in faulty_stream if sent.fault in GARBLED]
    assert {sent.fault for sent in garbled} == GARBLED
    for sent in garbled:
        assert sent.outcome is Outcome.DEAD_LETTERED
        assert sent.reasons
        assert sent.spoiled is not None
        if sent.fault is not Fault.UNKNOWN_SCHEMA:
            assert not decodes(sent.spoiled.body, schema(sent.kind))


def test_each_fault_is_in_the_event(faulty_stream: list[Sent]) -> None:
    by_fault: dict[Fault, list[Sent]] = {}
    for sent in faulty_stream:
        by_fault.setdefault(sent.fault, []).append(sent)
    for sent in by_fault[Fault.WRONG_COUNTRY]:
        assert sent.event["country"] != sent.partner
    for sent in by_fault[Fault.IMPOSSIBLE_TIME]:
        assert sent.event["occurred_at"] < 946_684_800_000  # the year 2000
        assert sent.reasons == ("IMPOSSIBLE_TIME",)
    for sent in by_fault[Fault.BAD_CHECK_DIGIT]:
        number = sent.event["container_number"]
        assert check_digit(number) != int(number[-1])
    for sent in by_fault[Fault.LATE]:
        assert 3_600_000 <= sent.at - sent.event["occurred_at"] <= 73 * 3_600_000
    for sent in by_fault[Fault.UNKNOWN_PLACE]:
        places = [sent.event.get(n) for n in ("facility_locode", "interception_place", "origin")]
        assert not all(is_known(place) for place in places if place)
    for sent in by_fault[Fault.OUT_OF_ORDER]:
        assert sent.outcome is Outcome.LANDED


def test_truth_has_a_line_for_each_message(faulty_stream: list[Sent]) -> None:
    line = faulty_stream[0].truth()
    assert set(line) == {
        "id", "partner", "kind", "at", "fault", "expected", "reasons", "container", "itinerary",
        "retracts",
    }  # fmt: skip
    json.dumps([sent.truth() for sent in faulty_stream])


@pytest.mark.parametrize(
    "wrong", [{"rate": 0.0}, {"faults": 1.5}, {"hits": -1.0}, {"duration": -1}]
)
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    usual: dict[str, Any] = {"seed": 1, "rate": 10.0, "start": START, "duration": 1, "faults": 0.0}
    with pytest.raises(ValueError, match="must be"):
        events(**usual | wrong)


def test_memory_stays_bounded_whatever_the_length() -> None:
    blocks: dict[int, Any] = {}
    most = 0
    for _ in islice(_order(Run(1, 100_000.0, START), blocks), 200_000):
        most = max(most, len(blocks))
    assert most < 25


def test_a_stream_without_duration_goes_on() -> None:
    assert len(list(islice(clean(Run(1, 10.0, START)), 5_000))) == 5_000
