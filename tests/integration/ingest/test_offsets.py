"""What is committed has landed, at every moment; and what a kill leaves undone is done again."""

import signal
from typing import Any

from confluent_kafka import Consumer, TopicPartition
from ingest_pipeline import Pipeline

from streams.contracts import examples
from streams.names import INGEST_GROUP, Kind, event_topic
from streams.partners.producer import Producer

SCAN = next(e for e in examples.load(Kind.SCAN_VERDICT) if not e["retracted_event_id"])
PARTNER = "NL"
TOPIC = event_topic(PARTNER, Kind.SCAN_VERDICT)
MESSAGES = 20_000
KILLED_AFTER = 4_000


class Position:
    """What the group has committed of the topic, and how much there is."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": INGEST_GROUP})
        found = self._consumer.list_topics(TOPIC, 30).topics[TOPIC].partitions
        self._partitions = [TopicPartition(TOPIC, number) for number in found]

    def committed(self) -> dict[int, int]:
        asked = self._consumer.committed(self._partitions, 30)
        return {p.partition: max(p.offset, 0) for p in asked}

    def ends(self) -> dict[int, int]:
        ask = self._consumer.get_watermark_offsets
        return {p.partition: ask(p, 30)[1] for p in self._partitions}

    def close(self) -> None:
        self._consumer.close()


def send(shared: Pipeline) -> None:
    """Distinct scans, so that no row replaces another; every hundredth is garbage."""
    with Producer(shared.endpoints) as producer:
        for number in range(MESSAGES):
            event = SCAN | {"event_id": f"offset-{number}", "country": PARTNER}
            corrupt = bytes([0, number % 256]) if number % 100 == 0 else None
            producer.send(PARTNER, Kind.SCAN_VERDICT, event, key=str(number), corrupt=corrupt)


def unaccounted(shared: Pipeline, committed: dict[int, int]) -> list[Any]:
    """Committed offsets that are neither a row nor a dead letter."""
    rows = shared.rows(
        "SELECT partition, offset FROM "
        f"(SELECT topic, partition, offset FROM scan_verdicts WHERE topic = '{TOPIC}' UNION ALL "
        f"SELECT topic, partition, offset FROM dead_letters WHERE topic = '{TOPIC}')"
    )
    there = set(rows)
    below = ((p, offset) for p, end in committed.items() for offset in range(end))
    return [place for place in below if place not in there]


def test_no_offset_is_committed_before_its_row_has_landed(
    shared: Pipeline, monkeypatch: Any
) -> None:
    monkeypatch.setenv("WATERBED_INGEST_BATCH_ROWS", "500")
    position = Position(shared.endpoints.kafka)
    start = sum(position.committed().values())
    send(shared)
    seen = set()
    try:
        with shared.worker() as worker:
            while (done := sum((now := position.committed()).values()) - start) < KILLED_AFTER:
                assert worker.poll() is None, shared.log.read_text()[-3000:]
                assert unaccounted(shared, now) == []
                seen.add(done)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        assert unaccounted(shared, position.committed()) == []
        with shared.worker() as worker:
            while (now := position.committed()) != position.ends():
                assert worker.poll() is None, shared.log.read_text()[-3000:]
                assert unaccounted(shared, now) == []
                seen.add(sum(now.values()) - start)
    finally:
        position.close()
    assert len(seen) > 3  # it was looked at on the way
    assert unaccounted(shared, now) == []
    assert shared.rows(
        "SELECT count(), uniqExact(event_id) FROM scan_verdicts FINAL "
        "WHERE startsWith(event_id, 'offset-')"
    ) == [(MESSAGES * 99 // 100, MESSAGES * 99 // 100)]
    assert shared.rows(
        f"SELECT count(), any(reason) FROM dead_letters FINAL WHERE topic = '{TOPIC}'"
    ) == [(MESSAGES // 100, "NO_FRAME")]
