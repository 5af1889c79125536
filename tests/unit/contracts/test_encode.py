import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest

from streams.contracts import examples
from streams.contracts.dead_letters import Reason
from streams.contracts.encode import body, frame, unframe
from streams.errors import DeadLetterError
from streams.names import TOUCHED_WINDOW, Kind

AT = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
WINDOW = {"kind": "scan-verdict", "window_start": AT, "site": "BRSSZ", "touched_at": AT}
SCAN = examples.load(Kind.SCAN_VERDICT)[0]


def long_(number: int) -> bytes:
    """Avro's zigzag number, written down from the specification."""
    number = (number << 1) ^ (number >> 63)
    out = []
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def string(text: str) -> bytes:
    return long_(len(text.encode())) + text.encode()


def test_a_body_is_the_fields_in_order_and_nothing_else():
    millis = long_(1_777_889_700_000)

    assert (
        body(TOUCHED_WINDOW, WINDOW) == string("scan-verdict") + millis + string("BRSSZ") + millis
    )


def test_a_frame_is_a_zero_byte_and_the_id_highest_byte_first():
    assert frame(258, b"abc") == b"\x00\x00\x00\x01\x02abc"
    assert unframe(frame(258, b"abc")) == (258, b"abc")


def test_the_largest_id_survives():
    assert unframe(frame(2**31 - 1, b"")) == (2**31 - 1, b"")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\x00\x00\x00\x00", Reason.NO_FRAME),
        (b"{}", Reason.NO_FRAME),
        (b"\x01" + struct.pack(">i", 7) + b"abc", Reason.NO_FRAME),
    ],
)
def test_what_has_no_frame_is_a_dead_letter(value, reason):
    with pytest.raises(DeadLetterError) as caught:
        unframe(value)

    assert caught.value.reason == reason


def test_times_may_be_given_in_milliseconds_or_any_time_zone():
    millis = WINDOW | {"window_start": 1_777_889_700_000}
    elsewhere = WINDOW | {"window_start": AT.astimezone(timezone(timedelta(hours=-3)))}

    assert body(TOUCHED_WINDOW, millis) == body(TOUCHED_WINDOW, WINDOW)
    assert body(TOUCHED_WINDOW, elsewhere) == body(TOUCHED_WINDOW, WINDOW)


def test_fields_with_a_default_may_be_left_out():
    least = {
        "event_id": "x",
        "occurred_at": AT,
        "recorded_at": AT,
        "country": "BR",
        "facility_locode": "BRSSZ",
        "verdict": "CLEAR",
        "algorithm": "a",
        "algorithm_version": "1",
    }
    whole = least | {"provenance": "PARTNER", "phase": "UNKNOWN", "withdrawal": False}

    assert body(Kind.SCAN_VERDICT, least) == body(Kind.SCAN_VERDICT, whole)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"verdct": "CLEAR"}, "no such field: verdct"),
        ({"verdict": "GUILTY"}, "does not fit its type: verdict"),
        ({"event_id": None}, "does not fit its type: event_id"),
        ({"score": "high"}, "does not fit its type: score"),
        ({"occurred_at": datetime(2026, 5, 4)}, "does not fit its type: occurred_at"),  # noqa: DTZ001 - the fault
        ({"occurred_at": "2026-05-04"}, "does not fit its type: occurred_at"),
    ],
)
def test_an_unfit_field_is_named_without_its_value(change, told):
    with pytest.raises(ValueError, match=told) as caught:
        body(Kind.SCAN_VERDICT, SCAN | change)

    assert not any(str(held) in str(caught.value) for held in change.values() if held)


def test_a_missing_required_field_is_named():
    with pytest.raises(ValueError, match="required field missing: verdict"):
        body(Kind.SCAN_VERDICT, {k: v for k, v in SCAN.items() if k != "verdict"})


def test_a_fault_deep_inside_names_the_field_that_holds_it():
    itinerary = examples.load(Kind.ITINERARY)[0]
    legs = [itinerary["legs"][0] | {"planned_departure": datetime(2026, 5, 4)}]  # noqa: DTZ001 - the fault

    with pytest.raises(ValueError, match="does not fit its type: legs"):
        body(Kind.ITINERARY, itinerary | {"legs": legs})
