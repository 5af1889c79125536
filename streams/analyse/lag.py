"""How far the aggregates are behind, seen from outside the app."""

import time
from typing import Final, NamedTuple

import clickhouse_connect.driver.exceptions as clickhouse
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from urllib3.exceptions import HTTPError

from streams.errors import RetryError
from streams.names import ANALYSE_GROUP, CORRIDOR_ACTIVITY, TOUCHED_WINDOW_TOPIC
from streams.offsets import committed
from streams.settings import Endpoints
from streams.store.client import connect

TIMEOUT: Final = 10.0  # seconds for each answer of a service


class Lag(NamedTuple):
    """How far the aggregates are behind the landed events.

    records: touched-window messages not yet done, 0 when current; an upper bound otherwise, as
    Kafka counts the marks of transactions too. seconds: how long the oldest of them has waited,
    0 when current. age_seconds: since an aggregate was last computed, None if none ever was.
    """

    records: int
    seconds: float
    age_seconds: float | None


def aggregates_lag(endpoints: Endpoints) -> Lag:
    """Measure the lag. Raises RetryError when Kafka or ClickHouse does not answer."""
    try:
        return Lag(*_behind(endpoints), _age(endpoints))
    except KafkaException as error:
        raise RetryError(f"Kafka at {endpoints.kafka} does not answer: {error}") from error
    except (clickhouse.Error, HTTPError) as error:
        raise RetryError(f"ClickHouse at {endpoints.clickhouse} failed: {error}") from error


def _behind(endpoints: Endpoints) -> tuple[int, float]:
    consumer = Consumer(
        {
            "bootstrap.servers": endpoints.kafka,
            "group.id": ANALYSE_GROUP,  # only to ask for its offsets: it is never joined
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    try:
        ends = _open_ends(consumer)
        waiting = _first_messages(consumer, ends)
    finally:
        consumer.close()
    records = sum(ends[partition].high - offset for partition, (offset, _) in waiting.items())
    oldest = min((at_ms for _, at_ms in waiting.values()), default=None)
    return records, 0.0 if oldest is None else max(0.0, time.time() - oldest / 1000)


class _OpenEnd(NamedTuple):
    """Offsets of a partition from the first not done to the end."""

    start: int
    high: int


def _open_ends(consumer: Consumer) -> dict[int, _OpenEnd]:
    """Give the partitions whose committed offset is not their end."""
    topic = consumer.list_topics(TOUCHED_WINDOW_TOPIC, timeout=TIMEOUT).topics[TOUCHED_WINDOW_TOPIC]
    if topic.error is not None:
        raise KafkaException(topic.error)
    partitions = [TopicPartition(TOUCHED_WINDOW_TOPIC, number) for number in topic.partitions]
    ends = {}
    for done in committed(consumer, partitions):
        low, high = consumer.get_watermark_offsets(done, timeout=TIMEOUT)
        start = max(done.offset, low)  # an offset below zero says that none was committed
        if start < high:
            ends[done.partition] = _OpenEnd(start, high)
    return ends


def _first_messages(consumer: Consumer, ends: dict[int, _OpenEnd]) -> dict[int, tuple[int, int]]:
    """Give offset and time in ms of the first message not done, for partitions that have one.

    Behind the last message stands the mark that committed it, so an open end may hold none.
    """
    consumer.assign([TopicPartition(TOUCHED_WINDOW_TOPIC, p, end.start) for p, end in ends.items()])
    found: dict[int, tuple[int, int]] = {}
    unknown, deadline = set(ends), time.monotonic() + TIMEOUT
    while unknown:
        message = consumer.poll(max(0.0, deadline - time.monotonic()))
        if message is None:
            raise RetryError(f"No answer on {TOUCHED_WINDOW_TOPIC} within {TIMEOUT:g} s")
        partition, error = message.partition(), message.error()
        if partition is None or (error and error.code() != KafkaError._PARTITION_EOF):  # noqa: SLF001 - its public name
            raise KafkaException(error)
        if error is None:
            found.setdefault(partition, (message.offset() or 0, message.timestamp()[1]))
        unknown.discard(partition)
    return found


def _age(endpoints: Endpoints) -> float | None:
    store = connect(endpoints)
    try:
        [(newest_ms, rows)] = store.query(
            f"SELECT toUnixTimestamp64Milli(max(computed_at)), count() FROM {CORRIDOR_ACTIVITY}"
        ).result_rows
    finally:
        store.close()
    return max(0.0, time.time() - newest_ms / 1000) if rows else None
