"""The worker under test and Kafka around it: touched windows in, corridor activity out."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

from streams.analyse.lag import aggregates_lag
from streams.analyse.windows import Window
from streams.contracts import encode, schema
from streams.contracts.registry import Registry
from streams.errors import RetryError
from streams.names import ACTIVITY, ACTIVITY_TOPIC, TOUCHED_WINDOW, TOUCHED_WINDOW_TOPIC
from streams.settings import Endpoints


class Analyse:
    """A running `waterbed analyse`."""

    def __init__(self, endpoints: Endpoints, log: Path) -> None:
        environment = {f"WATERBED_{k.upper()}": v for k, v in endpoints.model_dump().items()}
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [Path(sys.executable).parent / "waterbed", "analyse"],
                env=os.environ | environment,
                stderr=stderr,
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(timeout=60)


def touch(endpoints: Endpoints, windows: Sequence[Window], *, commit: bool = True) -> None:
    """Send touched windows in one transaction, as ingest does; or abort it after sending."""
    schema_id = Registry(endpoints.registry).id_of(f"{TOUCHED_WINDOW_TOPIC}-value")
    producer = _producer(endpoints)
    producer.begin_transaction()
    for window in windows:
        start = datetime.fromtimestamp(window.start, UTC)
        said = {"kind": str(window.kind), "window_start": start, "site": window.site}
        body = encode.body(TOUCHED_WINDOW, said | {"touched_at": datetime.now(UTC)})
        key = f"{window.kind}|{window.site}|{window.start * 1000}"
        producer.produce(TOUCHED_WINDOW_TOPIC, encode.frame(schema_id, body), key)
    producer.flush(30)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


def send_raw(endpoints: Endpoints, value: bytes) -> TopicPartition:
    """Send bytes that may be no touched window; give where they are."""
    placed: list[TopicPartition] = []
    producer = _producer(endpoints)
    producer.begin_transaction()
    producer.produce(
        TOUCHED_WINDOW_TOPIC,
        value,
        on_delivery=lambda _, m: placed.append(
            TopicPartition(m.topic(), m.partition(), m.offset())
        ),
    )
    producer.commit_transaction(30)
    return placed[0]


def _producer(endpoints: Endpoints) -> Producer:
    settings = {"bootstrap.servers": endpoints.kafka, "transactional.id": "test-touch"}
    producer = Producer(settings)
    producer.init_transactions(30)
    return producer


def published(endpoints: Endpoints) -> dict[str, dict[str, Any]]:
    """Read the activity topic whole; of each key the message with the highest revision."""
    consumer = Consumer(
        {
            "bootstrap.servers": endpoints.kafka,
            "group.id": "test-activity",
            "enable.auto.commit": False,
        }
    )
    try:
        newest: dict[str, dict[str, Any]] = {}
        for message in _all(consumer):
            _, body = encode.unframe(message.value())
            said = fastavro.schemaless_reader(io.BytesIO(body), schema.load(ACTIVITY))
            key = message.key().decode()
            if key not in newest or said["revision"] >= newest[key]["revision"]:
                newest[key] = said
        return newest
    finally:
        consumer.close()


def _all(consumer: Consumer) -> list[Any]:
    partitions = consumer.list_topics(ACTIVITY_TOPIC, timeout=10).topics[ACTIVITY_TOPIC].partitions
    ends = {
        p: consumer.get_watermark_offsets(TopicPartition(ACTIVITY_TOPIC, p), timeout=10)[1]
        for p in partitions
    }
    consumer.assign([TopicPartition(ACTIVITY_TOPIC, p, 0) for p in ends])
    messages: list[Any] = []
    deadline = time.monotonic() + 30
    while any(
        max(p.offset, 0) < ends[p.partition] for p in consumer.position(consumer.assignment())
    ):
        assert time.monotonic() < deadline
        messages += [m for m in consumer.consume(1000, 0.5) if m.error() is None]
    return messages


def wait_until_current(endpoints: Endpoints, timeout: float = 90) -> None:
    """Wait until no touched window is left to compute."""
    deadline = time.monotonic() + timeout
    while _behind(endpoints):
        assert time.monotonic() < deadline, f"still behind: {aggregates_lag(endpoints)}"
        time.sleep(0.3)


def _behind(endpoints: Endpoints) -> bool:
    try:
        return aggregates_lag(endpoints).records > 0
    except RetryError:  # a broker that has just started has no coordinator yet
        return True
