"""Reads a stretch of offsets of some partitions, in chunks of one topic each."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.errors import RetryError
from streams.settings import Endpoints
from streams.status.positions import Place, reader

#: Messages of a chunk, at least; the last chunk of a topic may have less.
CHUNK: Final = 100_000

#: Messages taken from librdkafka at once.
TAKE: Final = 10_000

#: Silence after which Kafka counts as away.
SECONDS: Final = 30.0

_END: Final = KafkaError._PARTITION_EOF  # noqa: SLF001 - its public name


@dataclass(frozen=True, slots=True)
class Stretch:
    """Offsets from start to below stop."""

    start: int
    stop: int


def chunks(
    endpoints: Endpoints, stretches: Mapping[Place, Stretch]
) -> Iterator[tuple[str, list[Message]]]:
    """Give topic and messages, as committed by their producers, in the order of each partition.

    Offsets that Kafka holds no more are left out. Raises RetryError if Kafka goes away.
    """
    consumer = reader(endpoints, **{"queued.max.messages.kbytes": 65_536})
    wanted = sorted(place for place, stretch in stretches.items() if stretch.start < stretch.stop)
    try:
        for topic, places in groupby(wanted, key=lambda place: place[0]):
            for messages in _topic(consumer, {place: stretches[place] for place in places}):
                yield topic, messages
    except KafkaException as error:
        raise RetryError(f"Kafka at {endpoints.kafka}: {error.args[0].str()}") from error
    finally:
        consumer.close()


def _topic(consumer: Consumer, stretches: Mapping[Place, Stretch]) -> Iterator[list[Message]]:
    consumer.assign([TopicPartition(*place, s.start) for place, s in stretches.items()])
    stops = {partition: stretch.stop for (_, partition), stretch in stretches.items()}
    open_ones = set(stops)
    chunk: list[Message] = []
    deadline = time.monotonic() + SECONDS
    while open_ones:
        taken = consumer.consume(TAKE, 0.2)
        if taken:
            deadline = time.monotonic() + SECONDS
        elif time.monotonic() > deadline:
            raise RetryError(f"Kafka sent nothing within {SECONDS:g} s; try again.")
        for partition, run in groupby(taken, key=Message.partition):
            chunk += _below(list(run), partition or 0, stops, open_ones)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _below(
    run: list[Message], partition: int, stops: Mapping[int, int], open_ones: set[int]
) -> list[Message]:
    """Messages of one partition below its stop; a partition that has got there is closed."""
    stop = stops[partition]
    kept = [message for message in run if _is_message(message) and (message.offset() or 0) < stop]
    if len(kept) < len(run) or (kept[-1].offset() or 0) == stop - 1:
        open_ones.discard(partition)
    return kept


def _is_message(message: Message) -> bool:
    """Tell a message from the end of its partition. Raises KafkaException for anything else."""
    error = message.error()
    if error is None:
        return True
    if error.code() != _END:
        raise KafkaException(error)
    return False
