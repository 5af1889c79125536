"""A batch in hand-made messages: each becomes rows or a dead letter, itineraries first."""

from datetime import UTC, datetime, timedelta

import pytest
from confluent_kafka import Message

from streams.contracts import examples, schema
from streams.contracts.dead_letters import Reason
from streams.contracts.decode import Decoder
from streams.contracts.encode import body, frame
from streams.ingest.consume import Batch, _note
from streams.ingest.prepare import prepare
from streams.names import TABLES, Kind, event_topic, event_topics
from streams.routes.corridors import Routes
from streams.routes.itineraries import Itineraries

RECEIVED = datetime(2026, 5, 5, tzinfo=UTC)
CONTAINER = "CSQU3054383"
SCHEMA_ID = 7


def decoders():
    return {
        topic: Decoder(schema.load(kind), lambda kind=kind: {SCHEMA_ID: schema.load(kind)})
        for topic, (_, kind) in event_topics().items()
    }


def value(kind, **fields):
    at = RECEIVED - timedelta(days=1)
    record = examples.load(kind)[0] | {
        "occurred_at": at, "recorded_at": at, "country": "BR", "container_number": CONTAINER,
    }  # fmt: skip
    return frame(SCHEMA_ID, body(kind, record | fields))


def message(kind, content, offset, partition=0):
    return Message(
        topic=event_topic("BR", kind),
        partition=partition,
        offset=offset,
        value=content,
        timestamp=(2, int(RECEIVED.timestamp() * 1000)),
    )


def batch_of(*messages):
    batch = Batch()
    _note(batch, list(messages))
    return batch


def prepared(*messages):
    return prepare(batch_of(*messages), decoders(), Itineraries(Routes()))


def rows_of(done, kind):
    return [r for name, t in done.rows.tables if name == TABLES[kind] for r in t.to_pylist()]


def test_an_itinerary_routes_the_events_of_its_own_batch_wherever_it_stands():
    leg = examples.load(Kind.ITINERARY)[0]["legs"][0]
    way = {"origin": "BRSSZ", "intended_destination": "BEANR"}
    legs = [leg | {"mode": "SEA", "from_place": "BRSSZ", "to_place": "BEANR"}]

    done = prepared(
        message(Kind.SCAN_VERDICT, value(Kind.SCAN_VERDICT, facility_locode="BRSSZ"), 0),
        message(Kind.ITINERARY, value(Kind.ITINERARY, legs=legs, **way), 0),
    )

    (scan,) = rows_of(done, Kind.SCAN_VERDICT)
    assert (scan["origin"], scan["destination"], scan["leg"]) == ("BRSSZ", "BEANR", 1)
    assert done.itineraries_of == [CONTAINER]
    assert len(rows_of(done, Kind.ITINERARY)) == 1


@pytest.mark.parametrize("copies", [1, 20])
def test_every_message_becomes_a_row_or_a_dead_letter(copies):
    contents = [
        value(Kind.SCAN_VERDICT),
        None,
        value(Kind.SCAN_VERDICT, country="BE"),
        value(Kind.SCAN_VERDICT, event_id="other")[:-1],
        value(Kind.SCAN_VERDICT, event_id="last"),
    ] * copies

    done = prepared(*(message(Kind.SCAN_VERDICT, c, i) for i, c in enumerate(contents)))

    kept = [row["offset"] for row in rows_of(done, Kind.SCAN_VERDICT)]
    apart = {letter.message.offset(): letter for letter in done.letters}
    assert sorted([*kept, *apart]) == list(range(len(contents)))
    assert [apart[i].bad.reason for i in (1, 2, 3)] == [
        Reason.EMPTY, Reason.WRONG_COUNTRY, Reason.UNDECODABLE,
    ]  # fmt: skip
    assert all(letter.message.value() == contents[i] for i, letter in apart.items())
    assert {(letter.partner, letter.kind) for letter in done.letters} == {("BR", Kind.SCAN_VERDICT)}
    assert done.messages == len(contents)


def test_the_next_offset_of_each_partition_is_committed():
    batch = batch_of(
        *(message(Kind.SCAN_VERDICT, b"x", offset, 0) for offset in (5, 6)),
        *(message(Kind.SCAN_VERDICT, b"x", offset, 1) for offset in (90, 93)),
        message(Kind.SCAN_VERDICT, b"x", 7, 0),
        message(Kind.ITINERARY, b"x", 0, 1),
    )

    positions = {(p.topic, p.partition): p.offset for p in batch.positions()}
    assert positions == {
        ("customs.br.scan-verdict.v1", 0): 8,
        ("customs.br.scan-verdict.v1", 1): 94,
        ("customs.br.itinerary.v1", 1): 1,
    }
    offsets = [m.offset() for m in batch.by_topic()["customs.br.scan-verdict.v1"]]
    assert offsets == [5, 6, 90, 93, 7]


def test_a_batch_of_garbage_lands_nothing_and_is_committed_all_the_same():
    done = prepared(*(message(kind, b"{}", 0) for kind in Kind))

    assert done.rows.tables == []
    assert len(done.letters) == len(done.positions) == len(Kind)
