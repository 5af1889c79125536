"""A stack of the audit's own, as it looks at every topic; and copies of its tables to spoil."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from audit_example import PARTNER, example
from confluent_kafka import Consumer, TopicPartition

from streams.bench.workers import command
from streams.local import stack as local
from streams.local.ports import Ports
from streams.names import CAMERA_IMAGES, DEAD_LETTERS, INGEST_GROUP, TABLES, Kind
from streams.partners.producer import Producer
from streams.prepare import prepare
from streams.run import burst
from streams.settings import Endpoints
from streams.status import status
from streams.store.client import Client, connect


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Endpoints, int, int]]:
    """Addresses after an ingest, and how many messages were sent and set apart."""
    home = tmp_path_factory.mktemp("audit")
    ports = Ports.model_validate(dict.fromkeys(Ports.model_fields, 0))
    try:
        endpoints = local.up(home, ports, quiet=True)
        prepare(endpoints)
        told = burst.send(endpoints, 0.05)
        own = corrected(endpoints)
        ingest(endpoints, home / "ingest.log")
        yield endpoints, told.by_topic.total() + own, told.expected["dead-lettered"]
    finally:
        local.reset(home)


def corrected(endpoints: Endpoints) -> int:
    """Send scans of which one is corrected and one withdrawn, a seizure, and itineraries."""
    scan = example(Kind.SCAN_VERDICT)
    trip = example(Kind.ITINERARY) | {"container_number": "CSQU3054383"}
    site = "/".join(filter(None, (scan["facility_locode"], scan["facility_terminal"])))
    named = {"retracted_site": site, "retracted_occurred_at": scan["occurred_at"]}
    day = timedelta(days=1)
    sent: list[tuple[Kind, dict[str, Any]]] = [
        (Kind.SCAN_VERDICT, scan | {"event_id": "wrong"}),
        (Kind.SCAN_VERDICT, scan | {"event_id": "withdrawn"}),
        (Kind.SCAN_VERDICT, scan | {"event_id": "right", "retracted_event_id": "wrong"} | named),
        (
            Kind.SCAN_VERDICT,
            scan | {"event_id": "-", "retracted_event_id": "withdrawn", "withdrawal": True} | named,
        ),
        (Kind.SEIZURE_REPORT, example(Kind.SEIZURE_REPORT) | {"event_id": "s", "quantity_kg": 7.5}),
        (Kind.ITINERARY, trip | {"event_id": "newer", "recorded_at": trip["recorded_at"] + day}),
        (Kind.ITINERARY, trip | {"event_id": "older"}),
    ]
    with Producer(endpoints) as producer:
        for kind, event in sent:
            producer.send(PARTNER, kind, event)
    return len(sent)


def ingest(endpoints: Endpoints, log: Any) -> None:
    """Let a worker take in everything."""
    with command(["ingest"], endpoints, log) as worker:
        deadline = time.monotonic() + 120
        while waiting(endpoints):
            assert worker.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "ingest did not finish"
            time.sleep(0.3)


def waiting(endpoints: Endpoints) -> int:
    found = status(endpoints)
    assert found.partitions is not None, found.away
    return sum(lag.records for lag in found.partitions if lag.position.group == INGEST_GROUP)


@pytest.fixture
def copy(ingested: tuple[Endpoints, int, int]) -> Iterator[Endpoints]:
    """Addresses with copies of all tables, to be spoiled by this test alone."""
    endpoints, _, _ = ingested
    name = f"copy_{uuid4().hex[:12]}"
    with connect(endpoints) as client:
        client.command(f"CREATE DATABASE {name} ENGINE = Atomic")
        for table in (*TABLES.values(), CAMERA_IMAGES, DEAD_LETTERS):
            client.command(f"CREATE TABLE {name}.{table} CLONE AS {table}")
        yield endpoints.model_copy(update={"database": name})
        client.command(f"DROP DATABASE {name} SYNC")


@pytest.fixture
def change(copy: Endpoints) -> Iterator[Callable[[str], None]]:
    """Run a statement on the copies and wait until it is done."""
    with connect(copy) as client:
        yield lambda text: ran(client, text)


def ran(client: Client, text: str) -> None:
    client.command(text, settings={"mutations_sync": 2})


@pytest.fixture
def skip(ingested: tuple[Endpoints, int, int]) -> Iterator[Callable[[str], tuple[int, int]]]:
    """Commit a whole topic as if it were done; gives the last offset. Undone afterwards."""
    endpoints, _, _ = ingested
    options = {"bootstrap.servers": endpoints.kafka, "group.id": INGEST_GROUP}
    consumer = Consumer(options | {"enable.auto.commit": False})
    before: list[TopicPartition] = []

    def one(topic: str) -> tuple[int, int]:
        partitions = consumer.list_topics(topic, 30).topics[topic].partitions
        done = consumer.committed([TopicPartition(topic, p) for p in partitions], 30)
        before.extend(done)
        ends = {p.partition: consumer.get_watermark_offsets(p, 30)[1] for p in done}
        commit(consumer, [TopicPartition(topic, p, end) for p, end in ends.items()])
        [moved] = [p for p in done if ends[p.partition] > p.offset]
        return moved.partition, ends[moved.partition] - 1

    yield one
    commit(consumer, [TopicPartition(p.topic, p.partition, max(p.offset, 0)) for p in before])
    consumer.close()


def commit(consumer: Consumer, positions: list[TopicPartition]) -> None:
    if positions:
        consumer.commit(offsets=positions, asynchronous=False)
