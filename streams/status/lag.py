"""How long the first message that is not done has waited, for every partition that has one."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from streams.errors import RetryError
from streams.settings import Endpoints
from streams.status.positions import SECONDS, Place, Position, reader

_END: Final = KafkaError._PARTITION_EOF  # noqa: SLF001 - its public name


@dataclass(frozen=True, slots=True)
class Lag:
    """A position and how far it is behind; seconds since the first waiting message was written.

    Where only marks of transactions are left, both are 0. A count of records may include such
    marks otherwise: an upper bound.
    """

    position: Position
    records: int
    seconds: float


def lags(endpoints: Endpoints, found: Iterable[Position], now: float) -> list[Lag]:
    """Measure; now in seconds since 1970. Raises RetryError if Kafka goes away."""
    found = list(found)
    behind = [position for position in found if position.next < position.end]
    first = first_messages(endpoints, behind) if behind else {}
    return [
        lag(position, first.get((position.topic, position.partition)), now) for position in found
    ]


def lag(position: Position, first: tuple[int, int] | None, now: float) -> Lag:
    """Lag of a position from offset and time (ms) of its first waiting message, if there is one."""
    if first is None:
        return Lag(position, 0, 0.0)
    offset, written_ms = first
    return Lag(position, position.end - offset, max(0.0, round(now - written_ms / 1000, 3)))


def first_messages(
    endpoints: Endpoints, behind: Iterable[Position]
) -> Mapping[Place, tuple[int, int]]:
    """Offset and time (ms) of the first message from `next` on; a partition without one is absent.

    Raises RetryError if Kafka goes away.
    """
    places = [TopicPartition(p.topic, p.partition, p.next) for p in behind]
    unknown: set[Place] = {(p.topic, p.partition) for p in behind}
    found: dict[Place, tuple[int, int]] = {}
    # A little of each partition is enough.
    consumer = reader(endpoints, **{"fetch.message.max.bytes": 65_536, "fetch.wait.max.ms": 10})
    try:
        consumer.assign(places)
        deadline = time.monotonic() + SECONDS
        while unknown:
            message = consumer.poll(max(0.0, deadline - time.monotonic()))
            if message is None:
                raise RetryError(f"Kafka at {endpoints.kafka} sent nothing within {SECONDS:g} s.")
            place = (str(message.topic()), int(message.partition() or 0))
            if _holds(message):
                found.setdefault(place, (int(message.offset() or 0), message.timestamp()[1]))
            unknown.discard(place)
    except KafkaException as error:
        raise RetryError(f"Kafka at {endpoints.kafka}: {error.args[0].str()}") from error
    finally:
        consumer.close()
    return found


def _holds(message: Message) -> bool:
    """Tell a message from the end of a partition. Raises KafkaException for anything else."""
    error = message.error()
    if error is not None and error.code() != _END:
        raise KafkaException(error)
    return error is None
