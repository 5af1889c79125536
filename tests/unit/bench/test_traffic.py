"""The load is what it says: valid messages, distinct ids, valid containers."""

import io
from datetime import UTC, datetime, timedelta

import fastavro

from streams.bench import traffic
from streams.contracts import encode, schema
from streams.names import Kind

START = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)


def check_digit(number: str) -> int:
    """ISO 6346, a letter and a digit at a time."""
    letters = [v for v in range(10, 39) if v % 11]
    values = [
        letters["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(c)] if c.isalpha() else int(c)
        for c in number[:10]
    ]
    return sum(v * 2**place for place, v in enumerate(values)) % 11 % 10


def test_containers_are_valid_and_distinct() -> None:
    numbers = [c.decode() for c in traffic.containers(3_000)]
    assert len(set(numbers)) == 3_000
    assert all(int(n[10]) == check_digit(n) for n in numbers)


def test_filled_scans_decode_to_whole_synthetic_events() -> None:
    boxes = traffic.containers(50)
    templates = traffic.scan_templates(9, START, timedelta(minutes=60), 60)
    events = []
    for value, key in traffic.filled(templates, 200, boxes, "run7"):
        schema_id, body = encode.unframe(value)
        event = fastavro.schemaless_reader(io.BytesIO(body), schema.load(Kind.SCAN_VERDICT))
        assert schema_id == 9
        assert event["container_number"] == key.decode()
        events.append(event)
    assert len({event["event_id"] for event in events}) == 200
    assert {event["provenance"] for event in events} == {"SYNTHETIC"}
    assert {event["occurred_at"] for event in events} == {
        START + timedelta(minutes=n) for n in range(60)
    }
    plain = [name for name in events[0] if not name.startswith("retracted")]
    assert all(event[name] is not None for event in events for name in plain)
