"""What a batch lands, against datetime and decimal arithmetic and plain sets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.contracts import schema
from streams.contracts.columns import columns
from streams.contracts.containers import examine
from streams.contracts.flags import Flag
from streams.ingest import told
from streams.ingest.rows import event_rows, versions
from streams.names import CAMERA_IMAGES, COUNTED, TABLES, Kind
from streams.routes.corridors import Routes
from streams.routes.itineraries import Itineraries

RECEIVED = 1_780_000_000_000
AT = RECEIVED - 3_600_000
KEPT_MS = 672 * 3_600_000
CONTAINER = "CSQU3054383"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FILLER = {pl.String: "", pl.Int64: 0, pl.Int32: 0, pl.Float64: 0.0, pl.Boolean: False}
PLACED = {
    Kind.SCAN_VERDICT: {"facility_locode": "BRSSZ"},
    Kind.CAMERA_EVENT: {"facility_locode": "BRSSZ"},
    Kind.SEIZURE_REPORT: {"interception_place": "BRSSZ", "quantity_kg": 1.0, "quantity": 1.0},
    Kind.ITINERARY: {"origin": "PYASU", "intended_destination": "BEANR", "status": "PLANNED"},
}
FIXED = {"event_id": "e1", "occurred_at": AT, "recorded_at": AT, "country": "BR"}
ORIGIN = {"partition": 3, "offset": 44, "received_at": RECEIVED, "checksum": 77}
ORIGIN_TYPES = {
    "partition": pl.Int32(),
    "offset": pl.Int64(),
    "received_at": pl.Int64(),
    "checksum": pl.UInt32(),
}


def blank(kind):
    made = {}
    for field in schema.load(kind)["fields"]:
        of = field["type"]
        dtype = columns(schema.load(kind))[field["name"]]
        if isinstance(of, list):
            made[field["name"]] = None
        elif isinstance(of, dict) and of["type"] == "enum":
            made[field["name"]] = of["symbols"][0]
        else:
            made[field["name"]] = FILLER.get(dtype.base_type(), [])
    return made


def event(kind, **fields):
    return blank(kind) | FIXED | ORIGIN | PLACED[kind] | {"container_number": CONTAINER} | fields


def frame(kind, events):
    types = columns(schema.load(kind)) | ORIGIN_TYPES
    return pl.DataFrame(
        [pl.Series(name, [e[name] for e in events], dtype) for name, dtype in types.items()]
    )


def landed(kind, *events, known=None):
    made = frame(kind, events)
    flags, keys = examine(made["container_number"])
    return event_rows(kind, "a-topic", made, flags, keys, known or Itineraries(Routes()))


def rows_of(rows, table):
    return [row for name, some in rows.tables if name == table for row in some.to_pylist()]


def only(rows, kind):
    (row,) = rows_of(rows, TABLES[kind])
    return row


def leg(mode, start, end, departure=None):
    times = dict.fromkeys(
        ["planned_departure", "planned_arrival", "actual_departure", "actual_arrival"]
    )
    places = {"mode": mode, "from_place": start, "to_place": end, "vessel": None}
    return places | times | {"planned_departure": departure}


DEPARTED = AT - 5 * 86_400_000
RECORDED = AT - 6 * 86_400_000
LEGS = [leg("RIVER", "PYASU", "BRSSZ", DEPARTED), leg("SEA", "BRSSZ", "BEANR")]


def itineraries(**fields):
    known = Itineraries(Routes())
    made = event(Kind.ITINERARY, legs=LEGS, recorded_at=RECORDED, **fields)
    known.add(told.told(frame(Kind.ITINERARY, [made])))
    return known


# Versions

checksums = st.integers(0, 2**32 - 1)
times = st.integers(1_420_070_400_001, 1_420_070_400_000 + 2**41 - 1)


def version(recorded_at, checksum):
    (one,) = versions(np.array([recorded_at], np.int64), np.array([checksum], np.uint32))
    return int(one)


@given(times, checksums, checksums)
def test_a_routed_row_beats_the_unrouted_whatever_their_checksums(time, one, other):
    assert version(0, one) < version(time, other) < 2**63


@given(times, times, checksums, checksums)
def test_a_later_itinerary_beats_an_earlier_one(one, other, first, second):
    if one != other:
        assert (version(one, first) < version(other, second)) == (one < other)


@given(st.just(0) | times, checksums, checksums)
def test_of_equal_knowledge_the_checksum_decides(time, one, other):
    low = 2**22
    assert (version(time, one) < version(time, other)) == (one % low < other % low)


@pytest.mark.parametrize("kind", COUNTED)
@settings(max_examples=10, deadline=None)
@given(checksum=checksums, time=times, other=checksums)
def test_a_tombstone_beats_every_version(kind, checksum, time, other):
    row = only(landed(kind, event(kind, checksum=checksum, **WITHDRAWAL)), kind)

    assert row["retracted"] == 1
    assert row["version"] >= 2**63 > version(time, other)


# Windows and keys

moments = st.integers(946_684_800_000, RECEIVED + 86_400_000)
sites = st.tuples(st.sampled_from(["BRSSZ", "BEANR", "?"]), st.sampled_from([None, "", "T1", "T2"]))


def window_start(kind, ms):
    time = EPOCH + timedelta(milliseconds=ms)
    start = time.replace(second=0, microsecond=0)
    return start.replace(hour=0, minute=0) if kind is Kind.SEIZURE_REPORT else start


@pytest.mark.parametrize("kind", COUNTED)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_windows_and_keys_are_those_of_the_calendar(kind, data):
    when = data.draw(st.lists(st.tuples(moments, sites), min_size=1, max_size=20))
    place = next(iter(PLACED[kind]))
    terminal = place.replace("_locode", "_terminal").replace("_place", "_terminal")
    events = [
        event(kind, event_id=f"e{i}", occurred_at=ms, **{place: site[0], terminal: site[1]})
        for i, (ms, site) in enumerate(when)
    ]
    wanted = [
        (window_start(kind, ms), f"{site[0]}/{site[1]}" if site[1] else site[0])
        for ms, site in when
    ]

    rows = landed(kind, *events)

    found = rows_of(rows, TABLES[kind])
    assert [
        (EPOCH + timedelta(seconds=row["minute"]), row["site"], row["event_id"]) for row in found
    ] == [(*where, f"e{i}") for i, where in enumerate(wanted)]
    assert {(k, EPOCH + timedelta(milliseconds=ms), s) for k, ms, s in rows.windows} == {
        (kind, *where) for where in wanted
    }


# Corrections

OLD = datetime(2026, 5, 4, 23, 59, 59, 999_000, tzinfo=UTC)
CORRECTION = {
    "retracted_event_id": "e0",
    "retracted_site": "BRSSZ/T9",
    "retracted_occurred_at": round(OLD.timestamp() * 1000),
}
WITHDRAWAL = CORRECTION | {"withdrawal": True}


@pytest.mark.parametrize("kind", COUNTED)
def test_a_withdrawal_lands_on_the_key_of_what_it_names_and_adds_nothing(kind):
    rows = landed(kind, event(kind, **WITHDRAWAL))

    row = only(rows, kind)
    start = window_start(kind, CORRECTION["retracted_occurred_at"])
    assert row["minute"] == start.timestamp()
    assert (row["site"], row["event_id"]) == ("BRSSZ/T9", "e0")
    assert rows.windows == {(kind, round(start.timestamp() * 1000), "BRSSZ/T9")}
    assert (row["topic"], row["partition"], row["offset"]) == ("a-topic", 3, 44)


@pytest.mark.parametrize("kind", COUNTED)
def test_a_correction_lands_both_and_touches_both_windows(kind):
    old, new = window_start(kind, CORRECTION["retracted_occurred_at"]), window_start(kind, AT)

    rows = landed(kind, event(kind, **CORRECTION), event(kind, event_id="e2"))

    found = {(row["event_id"], row["retracted"]) for row in rows_of(rows, TABLES[kind])}
    assert found == {("e0", 1), ("e1", 0), ("e2", 0)}
    assert rows.windows == {
        (kind, round(old.timestamp() * 1000), "BRSSZ/T9"),
        (kind, round(new.timestamp() * 1000), "BRSSZ"),
    }


@pytest.mark.parametrize("kind", COUNTED)
def test_the_same_event_again_has_the_same_key_and_version(kind):
    first, second = rows_of(landed(kind, *[event(kind)] * 2), TABLES[kind])

    for name in ("minute", "site", "event_id", "version"):
        assert first[name] == second[name]


# Camera images


def image_of(**fields):
    camera = {"image_reference": "img-1", "image_captured_at": AT, "camera_id": "c"} | fields
    return landed(Kind.CAMERA_EVENT, event(Kind.CAMERA_EVENT, **camera))


def test_image_references_stand_with_the_images_only():
    rows = image_of()

    assert "img-1" not in only(rows, Kind.CAMERA_EVENT).values()
    assert not any("image" in name for name in only(rows, Kind.CAMERA_EVENT))
    (image,) = rows_of(rows, CAMERA_IMAGES)
    assert (image["image_reference"], image["event_id"]) == ("img-1", "e1")
    assert image["retain_until"] == (AT + KEPT_MS) // 1000


@pytest.mark.parametrize(
    ("captured", "stored"),
    [
        (RECEIVED - KEPT_MS, False),
        (RECEIVED - KEPT_MS + 1, True),
        (1, False),
        (RECEIVED - 1000, True),
    ],
)
def test_what_came_too_late_is_never_stored(captured, stored):
    images = rows_of(image_of(image_captured_at=captured), CAMERA_IMAGES)

    assert [i["retain_until"] for i in images] == [(captured + KEPT_MS) // 1000] * stored


@pytest.mark.parametrize("captured", [None, 0, -1, -(2**63), RECEIVED + 1, 2**63 - 1])
def test_an_image_without_possible_time_is_kept_from_receipt(captured):
    (image,) = rows_of(image_of(image_captured_at=captured), CAMERA_IMAGES)

    assert image["captured_at"] == EPOCH + timedelta(milliseconds=RECEIVED)
    assert image["retain_until"] == (RECEIVED + KEPT_MS) // 1000


def test_no_image_no_row():
    assert rows_of(image_of(image_reference=None), CAMERA_IMAGES) == []


# Seizures


def seizure(known=None, **fields):
    return only(
        landed(Kind.SEIZURE_REPORT, event(Kind.SEIZURE_REPORT, **fields), known=known),
        Kind.SEIZURE_REPORT,
    )


@settings(max_examples=60, deadline=None)
@given(st.decimals("0.001", "50000", places=3))
def test_kilos_are_exact_to_the_gram(kg):
    row = seizure(quantity_kg=float(kg))

    assert (row["quantity_kg"], row["quantity_known"]) == (kg, 1)


@pytest.mark.parametrize(
    "kg", [None, 0.0, -1.0, 50_000.001, 1e300, float("inf"), float("-inf"), float("nan")]
)
def test_an_absurd_quantity_counts_without_kilos(kg):
    row = seizure(quantity_kg=kg)

    assert (row["quantity_kg"], row["quantity_known"]) == (Decimal(0), 0)


@pytest.mark.parametrize(
    ("weights", "doubtful"),
    [([], 0), ([1.0], 0), ([0.1] * 10, 0), ([0.6, 0.4], 0), ([0.6, 0.5], 1), ([1.001], 1)],
)
def test_weights_of_candidates_sum_to_one_at_most(weights, doubtful):
    candidates = [{"place": "BEANR", "weight": w, "basis": "b"} for w in weights]

    row = seizure(destination_candidates=candidates)

    assert bool(row["flags"] & Flag.WEIGHTS_ABOVE_ONE) == bool(doubtful)


WAY = ("origin", "transit", "destination", "route_basis")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, ("PYASU", "BRSSZ", "BEANR", "ITINERARY")),
        ({"origin": "BRIGI"}, ("BRSPB", "", "", "REPORT")),
        ({"intended_destination": "NLRTM"}, ("", "", "NLRTM", "REPORT")),
        ({"transits": ["ESALG", "BRIGI"]}, ("", "ESALG|BRSPB", "", "REPORT")),
        ({"container_number": None}, ("", "", "", "NONE")),
    ],
)
def test_the_reports_own_corridor_goes_before_the_itinerarys(said, wanted):
    row = seizure(itineraries(), **said)

    assert tuple(row[name] for name in WAY) == wanted


@pytest.mark.parametrize(
    ("said", "is_unknown"),
    [
        ({"origin": "BRSSZ"}, False),
        ({"origin": "BRXXX"}, True),
        ({"transits": ["ESALG", "ESXXX"]}, True),
        ({"intended_destination": "XX"}, True),
        ({"interception_place": "BRXXX"}, True),
    ],
)
def test_unknown_places_are_kept_and_flagged(said, is_unknown):
    assert bool(seizure(**said)["flags"] & Flag.UNKNOWN_PLACE) == is_unknown


# Routes of events


def test_a_routed_scan_has_its_itinerarys_corridor_leg_and_days():
    row = only(
        landed(Kind.SCAN_VERDICT, event(Kind.SCAN_VERDICT), known=itineraries()), Kind.SCAN_VERDICT
    )

    assert (row["origin"], row["transit"], row["destination"]) == ("PYASU", "BRSSZ", "BEANR")
    assert (row["leg"], row["mode"], row["days_under_way"]) == (2, "RIVER|SEA", 5)
    assert row["itinerary_recorded_at"] == EPOCH + timedelta(milliseconds=RECORDED)
    assert row["version"] == version(RECORDED, ORIGIN["checksum"])
    assert row["flags"] == 0


def test_a_place_off_the_route_is_flagged_and_an_unrouted_one_is_not():
    away = event(Kind.SCAN_VERDICT, facility_locode="NLRTM")
    alone = event(Kind.SCAN_VERDICT, container_number=None)

    rows = rows_of(
        landed(Kind.SCAN_VERDICT, away, alone, known=itineraries()), TABLES[Kind.SCAN_VERDICT]
    )

    assert [row["flags"] for row in rows] == [Flag.OFF_ROUTE, Flag.MISSING_CONTAINER]


def test_a_withdrawn_itinerary_leaves_no_corridor_but_counts_as_known():
    known = itineraries(status="WITHDRAWN")
    row = only(landed(Kind.SCAN_VERDICT, event(Kind.SCAN_VERDICT), known=known), Kind.SCAN_VERDICT)

    assert (row["origin"], row["destination"], row["leg"]) == ("", "", 0)
    assert row["version"] == version(RECORDED, ORIGIN["checksum"])


@pytest.mark.parametrize(
    ("place", "wanted"),
    [("PYASU", "EXPORT"), ("BEANR", "IMPORT"), ("BRSSZ", "TRANSIT"), ("NLRTM", "TRANSIT")],
)
def test_a_camera_sees_the_direction_by_its_country(place, wanted):
    seen = event(Kind.CAMERA_EVENT, facility_locode=place)
    unknown = event(Kind.CAMERA_EVENT, facility_locode=place, container_number=None)

    rows = rows_of(
        landed(Kind.CAMERA_EVENT, seen, unknown, known=itineraries()), TABLES[Kind.CAMERA_EVENT]
    )

    assert [row["direction"] for row in rows] == [wanted, "UNKNOWN"]


@pytest.mark.parametrize(
    ("phase", "wanted"),
    [("LOAD", "EXPORT"), ("DISCHARGE", "IMPORT"), ("TRANSIT", "TRANSIT"), ("UNKNOWN", "UNKNOWN")],
)
def test_a_scan_tells_its_direction_by_its_phase(phase, wanted):
    row = only(landed(Kind.SCAN_VERDICT, event(Kind.SCAN_VERDICT, phase=phase)), Kind.SCAN_VERDICT)

    assert row["direction"] == wanted


def test_a_batch_of_nothing_but_new_places_and_terminals_lands():
    n = 60_000
    events = frame(Kind.SCAN_VERDICT, [event(Kind.SCAN_VERDICT)]).sample(n, with_replacement=True)
    names = pl.Series([f"{i:08}" for i in range(n)])
    events = events.with_columns(facility_locode=names, facility_terminal=names)
    flags, keys = examine(events["container_number"])

    rows = event_rows(Kind.SCAN_VERDICT, "t", events, flags, keys, Itineraries(Routes()))

    assert len({site for _, _, site in rows.windows}) == n
