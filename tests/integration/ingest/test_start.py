"""Ingest starts before the services do, and says what it waits for."""

import time

import pytest
from confluent_kafka.admin import AdminClient
from ingest_pipeline import PATIENCE, Pipeline

from streams.contracts import examples
from streams.local import stack as local
from streams.names import Kind
from streams.partners.producer import Producer
from streams.prepare import prepare

SCAN = next(e for e in examples.load(Kind.SCAN_VERDICT) if not e["retracted_event_id"])


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("kafka", "RetryError: Kafka"),
        ("registry", "RetryError: The schema registry"),
        ("clickhouse", "RetryError: ClickHouse at http"),
    ],
    ids=["kafka", "registry", "clickhouse"],
)
def test_a_service_that_is_away_at_the_start_is_waited_for(
    shared: Pipeline, part: str, said: str
) -> None:
    event = SCAN | {"event_id": f"before-{part}"}
    with Producer(shared.endpoints) as producer:
        producer.send("BR", Kind.SCAN_VERDICT, event)
    shared.log.write_bytes(b"")
    local.kill(shared.home, part)
    with shared.worker() as worker:
        deadline = time.monotonic() + PATIENCE
        while said not in shared.log.read_text():
            assert worker.poll() is None, shared.log.read_text()[-3000:]
            assert time.monotonic() < deadline, shared.log.read_text()[-3000:]
            time.sleep(0.3)
        assert local.up(shared.home, quiet=True) == shared.endpoints
        shared.wait(worker)
    assert shared.rows(
        f"SELECT count() FROM scan_verdicts FINAL WHERE event_id = 'before-{part}'"
    ) == [(1,)]
    assert "Traceback" not in shared.log.read_text()


@pytest.mark.parametrize("topic", ["customs.py.itinerary.v1", "dead-letter.nl.v1"])
def test_a_missing_topic_stops_it_with_what_to_do(shared: Pipeline, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": shared.endpoints.kafka})
    admin.delete_topics([topic])[topic].result(30)
    shared.log.write_bytes(b"")
    try:
        with shared.worker() as worker:
            assert worker.wait(PATIENCE) == 1
    finally:
        prepare(shared.endpoints)
    said = shared.log.read_text()
    assert f"Kafka has no topic {topic}" in said
    assert "waterbed topics apply" in said
    assert "Traceback" not in said
