"""How far a run is: read from Kafka and ClickHouse, never from what children say."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from clickhouse_connect.driver.exceptions import Error
from confluent_kafka import Consumer, KafkaException, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed
from urllib3.exceptions import HTTPError

from streams.analyse.lag import aggregates_lag
from streams.errors import RetryError
from streams.names import DEAD_LETTERS, INGEST_GROUP, TABLES, Kind, event_topics
from streams.settings import Endpoints
from streams.store.client import connect

TIMEOUT: Final = 10.0


class Figures(NamedTuple):
    """Counts at one moment. landed: events in their tables, each once.

    unrouted: of these, events of containers whose itinerary is not known. ingest_lag: messages
    that ingest has not committed. aggregates_lag: touched windows not yet computed.
    """

    landed: int
    dead_lettered: int
    unrouted: int
    ingest_lag: int
    aggregates_lag: int
    aggregates_lag_seconds: float


def read(endpoints: Endpoints) -> Figures:
    """Read the figures. Raises RetryError when a service does not answer."""
    lag = _ingest_lag(endpoints)  # before the counts: then a lag of 0 says that they are whole
    behind = aggregates_lag(endpoints)
    landed = sum(int(_one(endpoints, f"SELECT count() FROM {t} FINAL")) for t in TABLES.values())
    unrouted = sum(int(_one(endpoints, _unrouted(kind))) for kind in _ROUTED)
    dead = int(_one(endpoints, f"SELECT count() FROM {DEAD_LETTERS} FINAL"))
    return Figures(landed, dead, unrouted, lag, behind.records, behind.seconds)


#: `read` on a stack that just started, whose group coordinator may still be loading.
read_patiently: Final = retry(
    retry=retry_if_exception_type(RetryError),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(60),
    reraise=True,
)(read)


def landed_seizures(endpoints: Endpoints) -> set[str]:
    """Give the ids of all seizure reports that are in their table."""
    table = TABLES[Kind.SEIZURE_REPORT]
    try:
        with connect(endpoints) as client:
            rows = client.query(f"SELECT DISTINCT event_id FROM {table} FINAL").result_rows
    except (Error, HTTPError) as error:
        raise RetryError(f"ClickHouse at {endpoints.clickhouse} failed: {error}") from error
    return {str(row[0]) for row in rows}


_ROUTED: Final = (Kind.SCAN_VERDICT, Kind.CAMERA_EVENT)


def _unrouted(kind: Kind) -> str:
    return (
        f"SELECT count() FROM {TABLES[kind]} FINAL "
        "WHERE container_number != '' AND itinerary_recorded_at = 0"
    )


def _one(endpoints: Endpoints, query: str) -> float:
    try:
        with connect(endpoints) as client:
            return float(client.query(query).result_rows[0][0])
    except (Error, HTTPError) as error:
        raise RetryError(f"ClickHouse at {endpoints.clickhouse} failed: {error}") from error


def _ingest_lag(endpoints: Endpoints) -> int:
    consumer = Consumer(
        {
            "bootstrap.servers": endpoints.kafka,
            "group.id": INGEST_GROUP,  # only to ask for its offsets: it is never joined
            "enable.auto.commit": False,
        }
    )
    try:
        done = consumer.committed(list(_partitions(consumer)), timeout=TIMEOUT)
        return sum(_behind(consumer, partition) for partition in done)
    except KafkaException as error:
        raise RetryError(f"Kafka at {endpoints.kafka} does not answer: {error}") from error
    finally:
        consumer.close()


def _partitions(consumer: Consumer) -> Iterable[TopicPartition]:
    topics = consumer.list_topics(timeout=TIMEOUT).topics
    return (TopicPartition(t, p) for t in event_topics() for p in topics[t].partitions)


def _behind(consumer: Consumer, done: TopicPartition) -> int:
    low, high = consumer.get_watermark_offsets(done, timeout=TIMEOUT)
    return int(high - max(done.offset, low))
