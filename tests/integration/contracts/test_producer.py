import io
import json

import fastavro
import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition

from streams.contracts import examples
from streams.contracts.registry import Registry
from streams.contracts.topics import Topics, declared
from streams.errors import RetryError, StopError
from streams.names import OPEN, Kind, event_topic
from streams.partners import producer as module
from streams.partners.producer import Producer

AWAY = "127.0.0.1:1"


@pytest.fixture(scope="module")
def endpoints(stack):
    Topics(stack.endpoints.kafka).apply(declared())
    Registry(stack.endpoints.registry).register_all()
    return stack.endpoints


class Tail:
    """Messages that come to a topic from now on, read by a plain consumer."""

    def __init__(self, endpoints, topic: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": endpoints.kafka, "group.id": "test-tail"})
        parts = self._consumer.list_topics(topic, timeout=10).topics[topic].partitions
        ends = [
            TopicPartition(
                topic, p, self._consumer.get_watermark_offsets(TopicPartition(topic, p))[1]
            )
            for p in parts
        ]
        self._consumer.assign(ends)

    def read(self, count: int):
        messages = self._consumer.consume(count, timeout=30)
        self._consumer.close()
        assert [m.error() for m in messages] == [None] * count
        return messages


@pytest.mark.parametrize("kind", [*Kind])
def test_what_is_sent_is_what_arrives(endpoints, kind):
    example = examples.load(kind)[0]
    partner = OPEN if example["provenance"] == "OPEN_SOURCE" else example["country"]
    topic = event_topic(partner, kind)
    tail = Tail(endpoints, topic)

    with Producer(endpoints) as producer:
        producer.send(partner, kind, example)

    [message] = tail.read(1)
    value, headers = message.value(), dict(message.headers())
    # The id's schema comes from the registry itself, by plain HTTP.
    written = httpx.get(f"{endpoints.registry}/schemas/ids/{int.from_bytes(value[1:5])}").json()
    record = fastavro.schemaless_reader(
        io.BytesIO(value[5:]), fastavro.parse_schema(json.loads(written["schema"])), None
    )
    assert value[0] == 0
    assert record == example
    assert message.key().decode() == (example["container_number"] or example["event_id"])
    assert headers["ce_id"].decode() == example["event_id"]
    assert headers["ce_type"].decode() == f"waterbed.{kind}.v1"
    assert message.timestamp()[0] == 2  # stamped by the broker


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ({"container_number": "MSKU6011672", "camera_id": "c", "event_id": "e"}, "MSKU6011672"),
        ({"container_number": None, "camera_id": "c", "event_id": "e"}, "c"),
        ({"container_number": "", "event_id": "e"}, "e"),
    ],
)
def test_the_key_is_the_container_else_the_camera_else_the_event(event, key):
    assert module.default_key(event) == key


def test_a_given_key_and_corrupt_bytes_go_out_as_they_are(endpoints):
    tail = Tail(endpoints, "customs.py.scan-verdict.v1")
    example = examples.load(Kind.SCAN_VERDICT)[0]

    with Producer(endpoints) as producer:
        producer.send("PY", Kind.SCAN_VERDICT, example, key="k", corrupt=b"\xffno frame")
        producer.send("PY", Kind.SCAN_VERDICT, example, key="k", corrupt=b"")

    assert [(m.key(), m.value()) for m in tail.read(2)] == [(b"k", b"\xffno frame"), (b"k", b"")]


def test_a_full_queue_makes_the_sender_wait_and_loses_nothing(endpoints, monkeypatch):
    tail = Tail(endpoints, "customs.nl.seizure-report.v1")
    original = module.KafkaProducer
    few = {"queue.buffering.max.messages": 10, "batch.num.messages": 10}
    monkeypatch.setattr(module, "KafkaProducer", lambda settings: original(settings | few))
    example = examples.load(Kind.SEIZURE_REPORT)[0] | {"container_number": None}

    with Producer(endpoints) as producer:
        for number in range(300):
            producer.send("NL", Kind.SEIZURE_REPORT, example | {"event_id": f"full-{number}"})

    keys = [m.key().decode() for m in tail.read(300)]
    assert keys == [f"full-{number}" for number in range(300)]


def test_an_event_that_fits_no_schema_is_not_sent(endpoints):
    with Producer(endpoints) as producer, pytest.raises(ValueError, match="verdict"):
        producer.send("BR", Kind.SCAN_VERDICT, examples.load(Kind.SCAN_VERDICT)[0] | {"verdict": 1})


def test_an_event_that_kafka_does_not_take_is_told_on_flush(endpoints, monkeypatch):
    monkeypatch.setattr(module, "DELIVERY", 1)
    producer = Producer(endpoints.model_copy(update={"kafka": AWAY}))
    producer.send("BR", Kind.SCAN_VERDICT, examples.load(Kind.SCAN_VERDICT)[0])

    with pytest.raises(RetryError, match="send everything since the last flush again"):
        producer.flush()


def test_the_next_event_tells_that_one_before_was_not_taken(endpoints, monkeypatch):
    monkeypatch.setattr(module, "DELIVERY", 1)
    producer = Producer(endpoints.model_copy(update={"kafka": AWAY}))
    example = examples.load(Kind.SCAN_VERDICT)[0]
    producer.send("BR", Kind.SCAN_VERDICT, example)
    producer._kafka.flush(10)

    with pytest.raises(RetryError, match="did not take an event"):
        producer.send("BR", Kind.SCAN_VERDICT, example)


def test_an_error_of_the_caller_is_not_hidden_by_one_of_delivery(endpoints, monkeypatch):
    monkeypatch.setattr(module, "FAREWELL", 0.1)
    elsewhere = endpoints.model_copy(update={"kafka": AWAY})

    def fail() -> None:
        with Producer(elsewhere) as producer:
            producer.send("BR", Kind.SCAN_VERDICT, examples.load(Kind.SCAN_VERDICT)[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_a_topic_that_does_not_exist_needs_a_person(endpoints, monkeypatch):
    monkeypatch.setattr(module, "event_topic", lambda *_: "customs.xx.scan-verdict.v1")
    producer = Producer(endpoints)
    producer.send("XX", Kind.SCAN_VERDICT, examples.load(Kind.SCAN_VERDICT)[0], corrupt=b"x")

    with pytest.raises(StopError, match="waterbed topics apply"):
        producer.flush()


def test_a_registry_that_is_away_is_told_at_once(endpoints):
    producer = Producer(endpoints.model_copy(update={"registry": f"http://{AWAY}"}))

    with pytest.raises(RetryError, match="schema registry"):
        producer.send("BR", Kind.SCAN_VERDICT, examples.load(Kind.SCAN_VERDICT)[0])
