"""Reads a stretch of offsets of some partitions, in chunks of one topic each."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.errors import RetryError
from streams.settings import Endpoints
from streams.status.positions import Place, reader

#: Messages of a chunk, about; the last chunk of a topic may have less.
CHUNK: Final = 100_000

#: Messages taken from librdkafka at once.
TAKE: Final = 10_000

#: Silence after which Kafka counts as away.
SECONDS: Final = 30.0

_OPTIONS: Final = {"queued.max.messages.kbytes": 65_536, "fetch.wait.max.ms": 20}
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
    stops = {place: s.stop for place, s in stretches.items() if s.start < s.stop}
    consumer = reader(endpoints, **_OPTIONS)
    try:
        consumer.assign([TopicPartition(*place, stretches[place].start) for place in stops])
        yield from _read(consumer, stops)
    except KafkaException as error:
        raise RetryError(f"Kafka at {endpoints.kafka}: {error.args[0].str()}") from error
    finally:
        consumer.close()


def _read(consumer: Consumer, stops: Mapping[Place, int]) -> Iterator[tuple[str, list[Message]]]:
    """Read all partitions at once; a topic is given when it fills a chunk, or memory is short."""
    left = set(stops)
    waiting: defaultdict[str, list[Message]] = defaultdict(list)
    deadline = time.monotonic() + SECONDS
    while left:
        taken = consumer.consume(TAKE, 0.05)
        if taken:
            deadline = time.monotonic() + SECONDS
        elif time.monotonic() > deadline:
            raise RetryError(f"Kafka sent nothing within {SECONDS:g} s; try again.")
        for place, run in _runs(taken):
            waiting[place[0]] += _below(run, place, stops[place], left)
        fullest = max(waiting, key=lambda topic: len(waiting[topic]), default="")
        full = len(waiting[fullest]) >= CHUNK if fullest else False
        if full or sum(map(len, waiting.values())) >= 2 * CHUNK:
            yield fullest, waiting.pop(fullest)
    yield from ((topic, messages) for topic, messages in waiting.items() if messages)


def _runs(taken: list[Message]) -> Iterator[tuple[Place, list[Message]]]:
    """Messages in runs of one partition, as they came."""
    for topic, some in groupby(taken, key=Message.topic):
        for partition, run in groupby(some, key=Message.partition):
            yield (str(topic), int(partition or 0)), list(run)


def _below(run: list[Message], place: Place, stop: int, left: set[Place]) -> list[Message]:
    """Messages of one partition below its stop; a partition that has got there is done."""
    if not any(map(Message.error, run)) and (run[-1].offset() or 0) < stop - 1:
        return run
    left.discard(place)
    return [message for message in run if _is_message(message) and (message.offset() or 0) < stop]


def _is_message(message: Message) -> bool:
    """Tell a message from the end of its partition. Raises KafkaException for anything else."""
    error = message.error()
    if error is None:
        return True
    if error.code() != _END:
        raise KafkaException(error)
    return False
