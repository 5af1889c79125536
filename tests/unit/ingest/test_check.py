"""Each reason and flag at its border, both sides, against the rules in plain Python."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.contracts import schema
from streams.contracts.columns import columns
from streams.contracts.dead_letters import Reason
from streams.contracts.flags import Flag
from streams.ingest.check import check
from streams.names import COUNTED, OPEN, Kind

RECEIVED = 1_780_000_000_000
DAY = 86_400_000
HOUR = 3_600_000
Y2000 = 946_684_800_000
CONTAINER = "CSQU3054383"

#: Fields of a faultless event of each kind that have no default or matter here.
COMMON = {
    "event_id": "e1",
    "occurred_at": RECEIVED - HOUR,
    "recorded_at": RECEIVED - HOUR,
    "country": "BR",
    "container_number": CONTAINER,
}
OF_KIND = {
    Kind.SCAN_VERDICT: {"facility_locode": "BRSSZ", "score": 0.5, "verdict": "CLEAR"},
    Kind.CAMERA_EVENT: {
        "facility_locode": "BRSSZ",
        "camera_id": "cam",
        "purpose": "RISK_MAPPING",
    },
    Kind.SEIZURE_REPORT: {"interception_place": "BRSSZ", "quantity_kg": 1.0},
    Kind.ITINERARY: {"origin": "BRSSZ", "intended_destination": "BEANR"},
}
FILLER = {pl.String: "", pl.Int64: 0, pl.Int32: 0, pl.Float64: 0.0, pl.Boolean: False}


def event(kind, **fields):
    blank = {}
    for field in schema.load(kind)["fields"]:
        of = field["type"]
        first = of["symbols"][0] if isinstance(of, dict) and of["type"] == "enum" else None
        dtype = columns(schema.load(kind))[field["name"]]
        empty = first or FILLER.get(dtype.base_type(), [])
        blank[field["name"]] = None if isinstance(of, list) else empty
    assert fields.keys() <= blank.keys() | {"received_at"}
    return blank | {"received_at": RECEIVED} | COMMON | OF_KIND[kind] | fields


def frame(kind, events):
    types = columns(schema.load(kind)) | {"received_at": pl.Int64()}
    rows = pl.Series("_row", range(len(events)), pl.Int32)
    return pl.DataFrame(
        [pl.Series(name, [e[name] for e in events], dtype) for name, dtype in types.items()]
    ).with_columns(rows)


def checked(kind, *events, partner="BR"):
    return check(kind, partner, frame(kind, events))


def reason(kind, partner="BR", **fields):
    bad = checked(kind, event(kind, **fields), partner=partner).bad
    return bad[0].reason if bad else None


def flags(kind, **fields):
    (flag,) = checked(kind, event(kind, **fields)).flags
    return Flag(int(flag))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_faultless_event_passes_without_a_flag(kind):
    assert reason(kind) is None
    assert flags(kind) == 0


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    ("event_id", "wanted"),
    [("", Reason.NO_EVENT_ID), ("x", None), ("x" * 128, None), ("x" * 129, Reason.NO_EVENT_ID)],
)
def test_an_event_has_an_id_of_at_most_128_bytes(kind, event_id, wanted):
    assert reason(kind, event_id=event_id) == wanted


@pytest.mark.parametrize("kind", list(Kind))
def test_an_event_is_of_the_country_of_its_topic(kind):
    assert reason(kind, country="BE") == Reason.WRONG_COUNTRY
    assert reason(kind, country="br") == Reason.WRONG_COUNTRY
    assert reason(kind, country="BE", partner="BE") is None


def test_open_sources_tell_of_any_country():
    assert reason(Kind.SEIZURE_REPORT, country="ES", partner=OPEN) is None


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("name", ["occurred_at", "recorded_at"])
@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        (Y2000 - 1, Reason.IMPOSSIBLE_TIME),
        (Y2000, None),
        (RECEIVED + DAY, None),
        (RECEIVED + DAY + 1, Reason.IMPOSSIBLE_TIME),
        (-(2**63), Reason.IMPOSSIBLE_TIME),
        (2**63 - 1, Reason.IMPOSSIBLE_TIME),
    ],
)
def test_times_lie_between_2000_and_a_day_after_receipt(kind, name, time, wanted):
    assert reason(kind, **{name: time}) == wanted


@pytest.mark.parametrize(
    ("place", "terminal"),
    [
        ("facility_locode", "facility_terminal"),
        ("interception_place", "interception_terminal"),
    ],
)
def test_a_counted_event_has_a_place_and_perhaps_a_terminal(place, terminal):
    kind = Kind.SCAN_VERDICT if place == "facility_locode" else Kind.SEIZURE_REPORT
    wanted = {"": Reason.NO_SITE, "x": None, "x" * 32: None, "x" * 33: Reason.NO_SITE}
    assert {text: reason(kind, **{place: text}) for text in wanted} == wanted
    wanted = {None: None, "": None, "x" * 64: None, "x" * 65: Reason.NO_SITE}
    assert {text: reason(kind, **{terminal: text}) for text in wanted} == wanted


def test_an_itinerary_without_container_is_of_no_use():
    assert reason(Kind.ITINERARY, container_number="") == Reason.NO_SITE
    assert reason(Kind.ITINERARY, container_number="x") is None


def test_a_camera_event_names_its_purpose():
    assert reason(Kind.CAMERA_EVENT, purpose="UNKNOWN") == Reason.NO_PURPOSE
    for purpose in ("EXPOSURE_LIMITATION", "CONTROL_DECISION", "CONTROL_SUPPORT"):
        assert reason(Kind.CAMERA_EVENT, purpose=purpose) is None


WHOLE = {
    "retracted_event_id": "e0",
    "retracted_site": "BRSSZ",
    "retracted_occurred_at": RECEIVED - DAY,
}


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("withdrawal", [True, False])
@pytest.mark.parametrize("left_out", [None, *WHOLE])
def test_a_correction_is_whole(kind, withdrawal, left_out):
    said = {name: value for name, value in WHOLE.items() if name != left_out}

    wanted = Reason.BAD_CORRECTION if left_out else None

    assert reason(kind, withdrawal=withdrawal, **said) == wanted


@pytest.mark.parametrize("kind", COUNTED)
def test_a_withdrawal_names_what_it_withdraws(kind):
    assert reason(kind, withdrawal=True) == Reason.BAD_CORRECTION


@pytest.mark.parametrize(
    ("change", "is_bad"),
    [
        ({"retracted_event_id": "e1"}, True),  # itself
        ({"retracted_event_id": ""}, True),
        ({"retracted_event_id": "x" * 128}, False),
        ({"retracted_event_id": "x" * 129}, True),
        ({"retracted_site": ""}, True),
        ({"retracted_site": "x" * (32 + 1 + 64)}, False),
        ({"retracted_site": "x" * (32 + 1 + 64 + 1)}, True),
        ({"retracted_occurred_at": Y2000 - 1}, True),
        ({"retracted_occurred_at": Y2000}, False),
        ({"retracted_occurred_at": RECEIVED + DAY}, False),
        ({"retracted_occurred_at": RECEIVED + DAY + 1}, True),
    ],
)
@pytest.mark.parametrize("kind", COUNTED)
def test_what_a_correction_names_could_be_an_event(kind, change, is_bad):
    assert reason(kind, **WHOLE | change) == (Reason.BAD_CORRECTION if is_bad else None)


def test_of_several_reasons_the_first_in_order_is_told():
    faults = [
        ({"event_id": ""}, Reason.NO_EVENT_ID),
        ({"country": "NL"}, Reason.WRONG_COUNTRY),
        ({"occurred_at": 0}, Reason.IMPOSSIBLE_TIME),
        ({"facility_locode": ""}, Reason.NO_SITE),
        ({"withdrawal": True}, Reason.BAD_CORRECTION),
        ({"purpose": "UNKNOWN"}, Reason.NO_PURPOSE),
    ]

    for place, (_, wanted) in enumerate(faults):
        rest = {k: v for fields, _ in faults[place:] for k, v in fields.items()}
        assert reason(Kind.CAMERA_EVENT, **rest) == wanted


@pytest.mark.parametrize("kind", list(Kind))
def test_an_event_written_down_more_than_an_hour_too_early_is_flagged(kind):
    assert flags(kind, recorded_at=RECEIVED - 2 * HOUR) == 0
    early = flags(kind, recorded_at=RECEIVED - 2 * HOUR - 1)
    assert early == Flag.RECORDED_BEFORE_OCCURRED


@pytest.mark.parametrize(
    ("score", "doubtful"),
    [(None, 0), (0.0, 0), (1.0, 0), (-1e-9, 1), (1 + 1e-9, 1), (float("nan"), 1)],
)
def test_a_score_lies_between_nought_and_one(score, doubtful):
    wanted = Flag.SCORE_OUT_OF_RANGE if doubtful else 0
    assert flags(Kind.SCAN_VERDICT, score=score) == wanted


def test_a_camera_event_without_camera_is_flagged():
    assert flags(Kind.CAMERA_EVENT, camera_id="") == Flag.NO_CAMERA


@pytest.mark.parametrize(
    ("kg", "wanted"),
    [
        (None, Flag.NO_QUANTITY),
        (0.0, Flag.ABSURD_QUANTITY),
        (-1.0, Flag.ABSURD_QUANTITY),
        (1e-9, 0),
        (50_000.0, 0),
        (50_000.01, Flag.ABSURD_QUANTITY),
        (float("inf"), Flag.ABSURD_QUANTITY),
        (float("nan"), Flag.ABSURD_QUANTITY),
    ],
)
def test_a_quantity_is_above_nought_and_no_more_than_was_ever_found(kg, wanted):
    assert flags(Kind.SEIZURE_REPORT, quantity_kg=kg) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (None, Flag.MISSING_CONTAINER),
        ("CSQU3054384", Flag.BAD_CHECK_DIGIT),
        ("CSQU305438", Flag.BAD_CONTAINER_FORMAT),
    ],
)
@pytest.mark.parametrize("kind", COUNTED)
def test_doubts_about_the_container_are_flagged_with_others(kind, number, wanted):
    late = flags(kind, container_number=number, recorded_at=RECEIVED - DAY)
    assert late == wanted | Flag.RECORDED_BEFORE_OCCURRED


FIELDS = {
    "event_id": st.sampled_from(["", "e1", "x" * 129]),
    "country": st.sampled_from(["BR", "BE"]),
    "occurred_at": st.sampled_from([0, RECEIVED, RECEIVED - DAY, RECEIVED + 2 * DAY]),
    "container_number": st.sampled_from([None, CONTAINER, "CSQU3054380", "?"]),
    "facility_locode": st.sampled_from(["BRSSZ", ""]),
    "withdrawal": st.booleans(),
    "retracted_event_id": st.sampled_from([None, "e0", "e1"]),
    "retracted_site": st.sampled_from([None, "BRSSZ"]),
    "retracted_occurred_at": st.sampled_from([None, RECEIVED, 0]),
}


def plain_reason(e):  # noqa: PLR0911 - one for each reason
    """Tell the reason by the rules, one event at a time."""
    said = [e["retracted_event_id"], e["retracted_site"], e["retracted_occurred_at"]]
    if not 1 <= len(e["event_id"]) <= 128:
        return Reason.NO_EVENT_ID
    if e["country"] != "BR":
        return Reason.WRONG_COUNTRY
    if not Y2000 <= e["occurred_at"] <= RECEIVED + DAY:
        return Reason.IMPOSSIBLE_TIME
    if not e["facility_locode"]:
        return Reason.NO_SITE
    if said == [None] * 3:
        return Reason.BAD_CORRECTION if e["withdrawal"] else None
    if None in said or said[0] == e["event_id"] or said[2] < Y2000:
        return Reason.BAD_CORRECTION
    return None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.fixed_dictionaries(FIELDS), max_size=20))
def test_every_row_is_kept_or_set_apart_by_the_rules(fields):
    events = [event(Kind.SCAN_VERDICT, **f) for f in fields]
    wanted = [plain_reason(e) for e in events]

    result = checked(Kind.SCAN_VERDICT, *events)

    assert {bad.row: bad.reason for bad in result.bad} == {
        row: why for row, why in enumerate(wanted) if why
    }
    assert result.events["_row"].to_list() == [row for row, why in enumerate(wanted) if not why]
    assert len(result.flags) == len(result.keys) == len(result.events)
    assert len(result.bad) + len(result.events) == len(events)
