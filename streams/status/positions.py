"""Where each consumer group stands on each partition, asked in one request of each kind."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # public, not re-exported

from streams.errors import RetryError, StopError
from streams.names import ANALYSE_GROUP, INGEST_GROUP, TOUCHED_WINDOW_TOPIC, event_topics
from streams.offsets import committed
from streams.settings import Endpoints

#: Which group reads a topic; what no group reads has no position.
READERS: Final = dict.fromkeys(event_topics(), INGEST_GROUP) | {TOUCHED_WINDOW_TOPIC: ANALYSE_GROUP}

SECONDS: Final = 10.0


Place = tuple[str, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """A group on a partition. Offsets are the next to read; committed is None before the first.

    low: the first offset that Kafka still holds; end: behind the last one that is committed by its
    producer, which counts the marks of transactions too.
    """

    topic: str
    partition: int
    group: str
    low: int
    end: int
    committed: int | None

    @property
    def next(self) -> int:
        """The first offset that is not done."""
        return max(self.low, self.committed or 0)


def positions(endpoints: Endpoints, topics: Iterable[str] = tuple(READERS)) -> list[Position]:
    """Ask for all partitions of topics that a group reads, sorted by topic and partition.

    Raises RetryError if Kafka is away, StopError if a topic is missing.
    """
    found = extents(endpoints, topics)
    of_groups = _answered(endpoints, lambda: _committed(endpoints, found))
    return [
        Position(t, p, READERS[t], low, end, of_groups.get((t, p)))
        for (t, p), (low, end) in found.items()
    ]


def extents(endpoints: Endpoints, topics: Iterable[str]) -> dict[Place, tuple[int, int]]:
    """First offset held and end of every partition, sorted. Raises as `positions`."""

    def ask(admin: AdminClient) -> dict[Place, tuple[int, int]]:
        places = _places(admin, sorted(topics))
        low = _offsets(admin, places, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        end = _offsets(admin, places, OffsetSpec.latest())  # type: ignore[no-untyped-call]
        return {place: (low[place], end[place]) for place in places}

    return _asked(endpoints, ask)


def _asked(endpoints: Endpoints, ask: Callable[[AdminClient], T]) -> T:
    admin = AdminClient({"bootstrap.servers": endpoints.kafka, "log_level": 2})
    return _answered(endpoints, lambda: ask(admin))


def _answered(endpoints: Endpoints, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except KafkaException as error:
        raise RetryError(
            f"Kafka at {endpoints.kafka} does not answer: {error.args[0].str()}. Start it "
            "(waterbed local up) or correct WATERBED_KAFKA."
        ) from error


def _places(admin: AdminClient, topics: Iterable[str]) -> list[Place]:
    known = admin.list_topics(timeout=SECONDS).topics
    if missing := [topic for topic in topics if topic not in known]:
        raise StopError(f"Topics are missing, such as {missing[0]}. Run: waterbed topics apply")
    return [(topic, partition) for topic in topics for partition in sorted(known[topic].partitions)]


def _offsets(admin: AdminClient, places: Iterable[Place], spec: OffsetSpec) -> dict[Place, int]:
    asked: Mapping[TopicPartition, Future[Any]] = admin.list_offsets(
        {TopicPartition(*place): spec for place in places},
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=SECONDS,
    )
    return {(at.topic, at.partition): int(future.result().offset) for at, future in asked.items()}


def _committed(endpoints: Endpoints, places: Iterable[Place]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for group in sorted(set(READERS.values())):
        of_group = [TopicPartition(t, p) for t, p in places if READERS[t] == group]
        if of_group:
            found |= _committed_by(endpoints, group, of_group)
    return found


def _committed_by(
    endpoints: Endpoints, group: str, places: list[TopicPartition]
) -> dict[Place, int]:
    consumer = Consumer(
        {"bootstrap.servers": endpoints.kafka, "group.id": group, "enable.auto.commit": False,
         "log_level": 2}
    )  # fmt: skip
    try:
        answer = committed(consumer, places)
    finally:
        consumer.close()
    return {(at.topic, at.partition): at.offset for at in answer if at.offset >= 0}


def reader(endpoints: Endpoints, **more: Any) -> Consumer:  # noqa: ANN401 - librdkafka's options
    """Make a consumer that joins no group and commits nothing."""
    options = {
        "bootstrap.servers": endpoints.kafka,
        "group.id": "waterbed-reader",  # asked for by librdkafka; assigned by hand, never joined
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "log_level": 2,
    }
    return Consumer(options | more)
