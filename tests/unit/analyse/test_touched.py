import io
from datetime import UTC, datetime

import fastavro
import pytest

from streams.analyse.touched import Record, Touched, decode
from streams.contracts import encode, schema
from streams.errors import RetryError, StopError
from streams.names import TOUCHED_WINDOW

AT = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
SAID = {"kind": "scan-verdict", "window_start": AT, "site": "BRSSZ/BTP", "touched_at": AT}
GOOD = encode.frame(7, encode.body(TOUCHED_WINDOW, SAID))


def writer(_: int) -> dict:
    return schema.load(TOUCHED_WINDOW)


def test_a_message_says_its_window_and_keeps_its_offset() -> None:
    assert decode([Touched(GOOD, 2, 41)], writer) == [
        Record("scan-verdict", int(AT.timestamp()), "BRSSZ/BTP", 41)
    ]


def test_messages_of_another_writer_schema_are_resolved() -> None:
    older = {
        "type": "record",
        "name": "TouchedWindow",
        "namespace": "waterbed",
        "fields": [
            {"name": "note", "type": "string"},
            *schema.load(TOUCHED_WINDOW)["fields"],
        ],
    }
    body = io.BytesIO()
    fastavro.schemaless_writer(body, older, SAID | {"note": "dropped since"})

    records = decode([Touched(encode.frame(3, body.getvalue()), 0, 5)], lambda _: older)

    assert records == [Record("scan-verdict", int(AT.timestamp()), "BRSSZ/BTP", 5)]


@pytest.mark.parametrize(
    "value",
    [None, b"", b"\x00\x00", b"not framed at all", GOOD[:-3], GOOD + b"\x00", GOOD[:5]],
    ids=["tombstone", "empty", "short", "no frame", "truncated", "trailing", "no body"],
)
def test_what_is_no_touched_window_stops_and_says_where(value: bytes | None) -> None:
    with pytest.raises(StopError, match="partition 3 offset 99"):
        decode([Touched(GOOD, 3, 98), Touched(value, 3, 99)], writer)


def test_a_registry_that_is_away_is_no_reason_to_stop() -> None:
    def away(_: int) -> dict:
        raise RetryError("the registry does not answer")

    with pytest.raises(RetryError):
        decode([Touched(GOOD, 0, 0)], away)


def test_an_unknown_schema_stops_and_says_where() -> None:
    def unknown(_: int) -> dict:
        raise StopError("schema id 7 is not in the registry")

    with pytest.raises(StopError, match="partition 1 offset 4"):
        decode([Touched(GOOD, 1, 4)], unknown)
