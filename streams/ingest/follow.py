"""Keeps a worker's itineraries current: all itineraries, whoever lands them.

A worker begins with what is landed, read from ClickHouse in one query, and from then on follows
the itinerary topics from the offsets that were committed before that query: what is below them is
landed, what is not is read again.
"""

import logging
import threading
from typing import Final

import polars as pl
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from streams.errors import RetryError, StopError
from streams.ingest.check import check
from streams.ingest.consume import Batch
from streams.ingest.decode import decoded, decoders
from streams.ingest.land import until_done
from streams.ingest.told import told
from streams.names import (
    OPEN,
    PARTNERS,
    TOUCHED_WINDOW_TOPIC,
    Kind,
    dead_letter_topic,
    event_topic,
    event_topics,
)
from streams.offsets import committed
from streams.routes.itineraries import COLUMNS, Itineraries
from streams.settings import Endpoints
from streams.store.client import connect

_log: Final = logging.getLogger(__name__)
_SECONDS: Final = 30

#: Longest that the first question goes unanswered before a person is told so.
_ANSWER_SECONDS: Final = 5

_LANDED: Final = """
SELECT container_number, version, withdrawn,
       arrayStringConcat(arrayConcat([toString(origin)], leg_to), '|') AS places,
       arrayStringConcat(leg_modes, '|') AS modes,
       toString(destination) AS destination,
       toUnixTimestamp64Milli(recorded_at) AS recorded_at,
       if(empty(leg_departures), 0, toUnixTimestamp64Milli(leg_departures[1])) AS departed
FROM itineraries FINAL
"""


class Follower:
    """Follows the itinerary topics on a thread of its own."""

    def __init__(self, endpoints: Endpoints, group: str, itineraries: Itineraries) -> None:
        self._endpoints = endpoints
        self._itineraries = itineraries
        self._decoders = decoders(endpoints)
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="itineraries", daemon=True)
        self._consumer = Consumer(
            {
                "bootstrap.servers": endpoints.kafka,
                "group.id": group,  # only to ask what is committed; nothing is committed here
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
            }
        )

    def start(self) -> None:
        """Read what is landed, then follow. Raises RetryError if a service is away."""
        try:
            partitions = _partitions(self._consumer)
            begin = committed(self._consumer, partitions)
        except KafkaException as error:
            raise RetryError(f"Kafka: {error.args[0].str()}") from error
        with connect(self._endpoints) as client:
            landed = pl.from_arrow(client.query_arrow(_LANDED))
        self._itineraries.add(_typed(landed))
        for position in begin:
            position.offset = max(position.offset, 0)
        self._consumer.assign(begin)
        self._thread.start()
        _log.info("%d itineraries known", len(self._itineraries))

    def stop(self) -> None:
        """End the thread and leave Kafka."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._consumer.close()

    def check(self) -> None:
        """Raise StopError if following has failed: routes would silently grow old."""
        if self._failure is not None:
            raise StopError("Following the itineraries failed") from self._failure

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                messages = [m for m in self._consumer.consume(10_000, 0.2) if not m.error()]
                for topic, some in Batch(messages).by_topic().items():
                    until_done(lambda t=topic, s=some: self._tell(t, s), self._stop.is_set)  # type: ignore[misc]
        except RetryError:
            _log.info("stopped while waiting for the registry")
        except Exception as failure:  # noqa: BLE001 - given to the worker by check()
            self._failure = failure

    def _tell(self, topic: str, messages: list[Message]) -> int:
        partner, kind = event_topics()[topic]
        events = decoded(self._decoders[topic], messages).frame
        # What is wrong with an itinerary is said, once, by the worker that lands it.
        kept = check(kind, partner, events).events
        self._itineraries.add(told(kept))
        return len(kept)


def _partitions(consumer: Consumer) -> list[TopicPartition]:
    """Partitions of the itinerary topics. Raises StopError if any topic of ingest is missing."""
    there = consumer.list_topics(timeout=_ANSWER_SECONDS).topics
    letters = map(dead_letter_topic, (*PARTNERS, OPEN))
    if missing := {*event_topics(), *letters, TOUCHED_WINDOW_TOPIC} - there.keys():
        raise StopError(
            f"Kafka has no topic {', '.join(sorted(missing))}. An operator runs: waterbed topics "
            "apply"
        )
    topics = [event_topic(partner, Kind.ITINERARY) for partner in PARTNERS]
    return [TopicPartition(topic, number) for topic in topics for number in there[topic].partitions]


def _typed(landed: pl.DataFrame | pl.Series) -> pl.DataFrame:
    if isinstance(landed, pl.Series):
        landed = landed.to_frame()
    return landed.select(
        pl.col(name).cast(pl.String).cast(dtype)
        if dtype == pl.String()
        else pl.col(name).cast(dtype)
        for name, dtype in COLUMNS.items()
    )
