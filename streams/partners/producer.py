"""Sends events to a partner's topics: framed Avro, CloudEvents headers, delivery confirmed."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka import Producer as KafkaProducer

from streams.contracts import encode
from streams.contracts.headers import Headers, cloud_event
from streams.contracts.registry import Registry, subject_of
from streams.errors import RetryError, StopError
from streams.names import Kind, event_topic
from streams.settings import Endpoints

#: Seconds until an event that could not be delivered counts as failed.
DELIVERY: Final = 60
#: Seconds that events still waiting get when the caller leaves by an error.
FAREWELL: Final = 5.0
#: Seconds to wait for room at a time while the queue is full.
ROOM: Final = 0.1


class Producer:
    """Sends events; leaving the context, or `flush`, waits until all are delivered.

    Used by one thread. Events of equal keys arrive in the order sent. Never registers a schema.
    Methods raise RetryError when Kafka or the registry is away: everything since the last flush
    is then safe to send again, as the same event has the same key. StopError: a person must act.
    """

    def __init__(self, endpoints: Endpoints, *, client_id: str = "waterbed") -> None:
        self._bootstrap = endpoints.kafka
        self._registry = Registry(endpoints.registry)
        self._ids: dict[str, int] = {}
        self._failed: KafkaError | None = None
        self._kafka = KafkaProducer(
            {
                "bootstrap.servers": endpoints.kafka,
                "client.id": client_id,
                "enable.idempotence": True,
                "compression.type": "lz4",
                "linger.ms": 20,
                "batch.num.messages": 50_000,
                "queue.buffering.max.messages": 500_000,
                "delivery.timeout.ms": DELIVERY * 1000,
                # All topics are made beforehand; one that is missing is told after these 5 s.
                "topic.metadata.propagation.max.ms": 5000,
                "log_level": 2,  # failures are raised; librdkafka need not print them too
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

        key: container number, else camera id, else event id, unless given. corrupt: sent in place
        of the framed event, byte for byte, to try what a broken partner does. Raises ValueError
        if the event does not fit its schema, and what befell an event sent before.
        """
        topic = event_topic(partner, kind)
        value = corrupt
        if value is None:
            value = encode.frame(self._id(topic), encode.body(kind, event))
        headers = cloud_event(partner, kind, str(event["event_id"]), event["occurred_at"])
        self._produce(topic, value, key or default_key(event), headers)

    def flush(self) -> None:
        """Wait until all is delivered; raises if anything was not."""
        left = self._kafka.flush(DELIVERY + FAREWELL)
        self._raise_failure()
        if left:
            raise RetryError(f"{left} events wait for Kafka at {self._bootstrap}. Flush again.")

    def _id(self, topic: str) -> int:
        if topic not in self._ids:
            self._ids[topic] = self._registry.id_of(subject_of(topic))
        return self._ids[topic]

    def _produce(self, topic: str, value: bytes, key: str, headers: Headers) -> None:
        while True:
            self._raise_failure()
            try:
                self._kafka.produce(
                    topic, value, key.encode(), headers=[*headers], on_delivery=self._delivered
                )
            except BufferError:
                self._kafka.poll(ROOM)  # the queue is full: let it drain
            except KafkaException as error:
                raise self._error(error.args[0]) from error
            else:
                self._kafka.poll(0)
                return

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        self._failed = self._failed or error

    def _raise_failure(self) -> None:
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise self._error(failed)

    def _error(self, error: KafkaError) -> RetryError | StopError:
        if error.code() in _REFUSED:
            return StopError(
                f"Kafka at {self._bootstrap} refused an event: {error.str()}. Make the topics with "
                "waterbed topics apply, and look at this partner's rights."
            )
        return RetryError(
            f"Kafka at {self._bootstrap} did not take an event: {error.str()}. When it runs again "
            "(waterbed local up), send everything since the last flush again."
        )

    def __enter__(self) -> Self:
        """Use as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Deliver what was sent; after an error only try to, so that the error is seen."""
        if kind is None:
            self.flush()
        else:
            self._kafka.flush(FAREWELL)


def default_key(event: Mapping[str, Any]) -> str:
    """Give the container number, else the camera, else the event's id."""
    return str(event.get("container_number") or event.get("camera_id") or event["event_id"])


#: Errors that trying again does not mend.
_REFUSED: Final = frozenset(
    {
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._UNKNOWN_TOPIC,  # noqa: SLF001 - its public name
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001 - its public name
        KafkaError._AUTHENTICATION,  # noqa: SLF001 - its public name
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.MSG_SIZE_TOO_LARGE,
    }
)
