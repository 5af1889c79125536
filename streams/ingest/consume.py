"""Step 1, consume: batches of messages with the offsets to commit once they have landed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import cast

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from streams.errors import RetryError, StopError
from streams.ingest.settings import IngestSettings
from streams.names import event_topics
from streams.settings import Endpoints

#: Messages taken from librdkafka at once; more gain nothing, one alone costs thirty times as much.
TAKE = 10_000


@dataclass(slots=True)
class Batch:
    """Messages in the order consumed, and for each partition the next offset to read."""

    messages: list[Message] = field(default_factory=list)
    next_offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    #: When the first message was taken, in seconds since 1970.
    begun_at: float = 0.0

    def by_topic(self) -> dict[str, list[Message]]:
        """Messages of each topic, in order."""
        topics: dict[str, list[Message]] = {}
        # Messages come in runs of one partition, so this looks at each run once.
        for topic, run in groupby(self.messages, key=Message.topic):
            topics.setdefault(str(topic), []).extend(run)
        return topics

    def positions(self) -> list[TopicPartition]:
        """What to commit: the next offset of each partition."""
        return [TopicPartition(t, p, offset) for (t, p), offset in self.next_offsets.items()]


def consumer(
    endpoints: Endpoints,
    settings: IngestSettings,
    on_revoke: Callable[[list[TopicPartition]], None],
    on_lost: Callable[[list[TopicPartition]], None],
) -> Consumer:
    """Make a consumer of all event topics in the ingest group.

    Called on the thread that consumes: on_revoke before partitions go to another worker, on_lost
    after they may have gone to one.
    """
    made = Consumer(
        {
            "bootstrap.servers": endpoints.kafka,
            "group.id": settings.group,
            "client.id": "waterbed-ingest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 2_000,
            "max.poll.interval.ms": int(settings.max_poll_seconds * 1000),
            "queued.min.messages": 2 * settings.batch_rows,
            "queued.max.messages.kbytes": settings.fetch_megabytes * 1024,
            "fetch.message.max.bytes": 8 << 20,
            "fetch.wait.max.ms": 50,
            # A full queue is looked at again after a second by default: the worker runs dry.
            "fetch.queue.backoff.ms": 20,
            "topic.metadata.refresh.interval.ms": 30_000,
        }
    )
    made.subscribe(
        list(event_topics()),
        on_revoke=lambda _, partitions: on_revoke(partitions),
        on_lost=lambda _, partitions: on_lost(partitions),
    )
    return made


def next_batch(source: Consumer, settings: IngestSettings, stopping: Callable[[], bool]) -> Batch:
    """Take messages until the batch is full or old enough; an idle topic gives an empty batch.

    Raises RetryError if the broker is away, StopError if the consumer can't go on.
    """
    batch = Batch()
    size = 0
    deadline = time.monotonic() + settings.batch_seconds
    while len(batch.messages) < settings.batch_rows and size < settings.batch_bytes:
        left = deadline - time.monotonic()
        if left <= 0 or stopping():
            break
        room = min(TAKE, settings.batch_rows - len(batch.messages))
        taken = [m for m in source.consume(room, min(left, 0.1)) if _is_message(m)]
        if not taken:
            continue
        batch.begun_at = batch.begun_at or time.time()
        size += _note(batch, taken)
    return batch


def _note(batch: Batch, taken: list[Message]) -> int:
    """Add messages to the batch; give their size in bytes."""
    batch.messages += taken
    for place, run in groupby(taken, key=lambda m: (m.topic(), m.partition())):
        *_, last = run
        # Only a message made by hand has none of these.
        batch.next_offsets[cast("tuple[str, int]", place)] = cast("int", last.offset()) + 1
    return sum(map(len, taken))


def _is_message(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own code
        return False
    if error.fatal():
        raise StopError(f"The Kafka consumer can't go on: {error.str()}. Start ingest again.")
    raise RetryError(f"Kafka: {error.str()}")
