"""What was added to event topics since a moment, read by a plain consumer."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition

from streams.names import event_topics
from streams.settings import Endpoints

SECONDS = 30


@contextmanager
def consumer(endpoints: Endpoints) -> Iterator[Consumer]:
    reader = Consumer({"bootstrap.servers": endpoints.kafka, "group.id": f"test-{uuid4()}"})
    try:
        yield reader
    finally:
        reader.close()


def ends(endpoints: Endpoints) -> dict[tuple[str, int], int]:
    """End offset of every partition of every event topic."""
    with consumer(endpoints) as reader:
        topics = reader.list_topics(timeout=SECONDS).topics
        return {
            (topic, partition): reader.get_watermark_offsets(
                TopicPartition(topic, partition), timeout=SECONDS
            )[1]
            for topic in event_topics()
            for partition in topics[topic].partitions
        }


def added(endpoints: Endpoints, since: dict[tuple[str, int], int]) -> list[Message]:
    """Messages from `since` up to now."""
    left = {at: end - since[at] for at, end in ends(endpoints).items() if end > since[at]}
    found: list[Message] = []
    with consumer(endpoints) as reader:
        reader.assign([TopicPartition(*at, since[at]) for at in left])
        while len(found) < sum(left.values()):
            batch = reader.consume(1_000, SECONDS)
            assert batch, f"{len(found)} of {sum(left.values())} messages came"
            assert not any(message.error() for message in batch)
            found += batch
    return found
