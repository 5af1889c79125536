"""Sends events to a partner's topics: framed Avro, CloudEvents headers, delivery confirmed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka import KafkaError, Message
from confluent_kafka import Producer as KafkaProducer

from streams.contracts import encode
from streams.contracts.headers import cloud_event
from streams.contracts.registry import Registry, subject_of
from streams.errors import RetryError
from streams.names import Kind, event_topic
from streams.settings import Endpoints

_KEYS: Final = ("container_number", "camera_id", "event_id")


class Producer:
    """Sends events; leaving the context, or `flush`, waits until all are delivered.

    Never registers a schema: an unknown one is a StopError that says what to do.
    """

    def __init__(self, endpoints: Endpoints, *, client_id: str = "waterbed") -> None:
        self._registry = Registry(endpoints.registry)
        self._ids: dict[str, int] = {}
        self._failed: list[KafkaError] = []
        self._kafka = KafkaProducer(
            {
                "bootstrap.servers": endpoints.kafka,
                "client.id": client_id,
                "enable.idempotence": True,
                "compression.type": "lz4",
                "linger.ms": 20,
                "batch.num.messages": 50_000,
                "queue.buffering.max.messages": 500_000,
            }
        )

    def send(
        self,
        partner: str,
        kind: Kind,
        event: Mapping[str, Any],
        *,
        key: str | None = None,
        corrupt: bytes | None = None,
    ) -> None:
        """Queue one event; waits while the queue is full.

        corrupt: sent in place of the event, byte for byte, to try what a broken partner does.
        Raises ValueError if the event does not fit its schema.
        """
        topic = event_topic(partner, kind)
        value = self._framed(topic, kind, event) if corrupt is None else corrupt
        event_id = str(event.get("event_id", ""))
        self._produce(
            topic,
            value,
            key or next((str(event[k]) for k in _KEYS if event.get(k)), event_id),
            cloud_event(partner, kind, event_id, _moment(event.get("occurred_at"))),
        )

    def flush(self) -> None:
        """Wait until all is delivered; raises RetryError if anything was not."""
        left = self._kafka.flush(60)
        if left or self._failed:
            failed = self._failed[:1]
            self._failed = []
            why = failed[0].str() if failed else "Kafka does not answer"
            raise RetryError(f"Events were not delivered: {why}. Send them again.")

    def _framed(self, topic: str, kind: Kind, event: Mapping[str, Any]) -> bytes:
        if topic not in self._ids:
            self._ids[topic] = self._registry.id_of(subject_of(topic))
        return encode.frame(self._ids[topic], encode.body(kind, event))

    def _produce(
        self, topic: str, value: bytes, key: str, headers: list[tuple[str, bytes]]
    ) -> None:
        while True:
            try:
                self._kafka.produce(
                    topic, value, key.encode(), headers=headers, on_delivery=self._delivered
                )
            except BufferError:
                self._kafka.poll(0.1)  # the queue is full: let it drain
            else:
                self._kafka.poll(0)
                return

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self._failed.append(error)

    def __enter__(self) -> Self:
        """Use as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Deliver what was sent; after an error only try to."""
        if kind is None:
            self.flush()
        else:
            self._kafka.flush(5)


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return None
