"""Step 6, commit: offsets, touched windows and dead letters, all or nothing."""

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from streams import __version__
from streams.contracts import encode
from streams.contracts.dead_letters import header
from streams.contracts.decode import Bad
from streams.contracts.registry import Registry, subject_of
from streams.errors import RetryError, StopError
from streams.ingest.rows import Window
from streams.names import TOUCHED_WINDOW, TOUCHED_WINDOW_TOPIC, dead_letter_topic
from streams.offsets import committed
from streams.settings import Endpoints

_SECONDS: Final = 30
#: librdkafka's own limit for giving offsets to a transaction, and when we stop believing in it.
_OFFSETS_SECONDS: Final = 15
_HUNG_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message set apart, whole, with the reason."""

    partner: str
    kind: str
    message: Message
    bad: Bad


class Transactions:
    """Commits batches of one worker; the name is the worker's own."""

    def __init__(self, endpoints: Endpoints, name: str) -> None:
        self._settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": endpoints.kafka,
            "client.id": "waterbed-ingest",
            "transactional.id": name,
            # What a lost worker leaves open holds up those who take over its partitions.
            "transaction.timeout.ms": 20_000,
            "compression.type": "lz4",
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
        self.renew()
        self._window_schema = Registry(endpoints.registry).id_of(subject_of(TOUCHED_WINDOW_TOPIC))

    def renew(self) -> None:
        """Begin anew; Kafka first settles for good what a producer of our name has left open.

        Raises RetryError if Kafka is away, StopError if it refuses.
        """
        producer = Producer(self._settings)
        try:
            producer.init_transactions(_SECONDS)
        except KafkaException as failure:
            error: KafkaError = failure.args[0]
            if error.retriable():
                raise RetryError(f"Kafka transaction: {error.str()}") from failure
            raise _refused(error) from failure
        self._producer = producer

    def commit(
        self,
        positions: list[TopicPartition],
        group: Any,  # noqa: ANN401 - opaque metadata of confluent_kafka
        windows: Iterable[Window],
        letters: Sequence[DeadLetter],
    ) -> None:
        """Commit one batch.

        Raises RetryError if it may not be committed: `renew`, and go back to what is committed.
        Raises StopError if Kafka refuses.
        """
        try:
            self._producer.begin_transaction()
            for window in windows:
                self._touch(window)
            for letter in letters:
                self._set_apart(letter)
            if positions:
                self._send_offsets(positions, group)
            self._producer.commit_transaction(_SECONDS)
        except KafkaException as failure:
            error: KafkaError = failure.args[0]
            if error.txn_requires_abort() or error.retriable() or error.fatal():
                raise RetryError(f"Kafka transaction: {error.str()}") from failure
            raise _refused(error) from failure

    def _send_offsets(self, positions: list[TopicPartition], group: Any) -> None:  # noqa: ANN401
        """Add the offsets to the transaction.

        After a broker restart librdkafka 2.16 now and then never returns from this call, whatever
        its time limit. Such a producer is left behind with its thread.
        """
        done: Future[None] = Future()
        producer = self._producer

        def send() -> None:
            try:
                producer.send_offsets_to_transaction(positions, group, _OFFSETS_SECONDS)
            except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
                done.set_exception(failure)
            else:
                done.set_result(None)

        threading.Thread(target=send, name="offsets", daemon=True).start()
        try:
            done.result(_HUNG_SECONDS)
        except TimeoutError as hung:
            raise RetryError("Kafka's client hangs on adding offsets to a transaction") from hung

    def _touch(self, window: Window) -> None:
        kind, start, site = window
        record = {
            "kind": str(kind),
            "window_start": start,
            "site": site,
            "touched_at": int(time.time() * 1000),
        }
        value = encode.frame(self._window_schema, encode.body(TOUCHED_WINDOW, record))
        self._produce(TOUCHED_WINDOW_TOPIC, value, f"{kind}|{site}|{start}".encode(), [])

    def _set_apart(self, letter: DeadLetter) -> None:
        """Key, value and headers as they came; who must know why finds it in the headers."""
        message = letter.message
        received = datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC)
        said = {
            "reason": letter.bad.reason,
            "detail": letter.bad.detail,
            "schema-id": letter.bad.schema_id,
            "topic": message.topic(),
            "partition": message.partition(),
            "offset": message.offset(),
            "received-at": received.isoformat(timespec="milliseconds"),
            "attempt": 1,
            "pipeline-version": __version__,
        }
        headers = [
            *(message.headers() or []),
            *((header(name), str(value).encode()) for name, value in said.items()),
        ]
        topic = dead_letter_topic(letter.partner)
        self._produce(topic, message.value(), message.key(), headers)

    def _produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        headers: list[tuple[str, str | bytes | None]],
    ) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, headers=headers)
            except BufferError:
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return


def _refused(error: KafkaError) -> StopError:
    return StopError(
        f"Kafka transaction: {error.str()}. Start ingest again: it goes on where it stopped."
    )


def rewind(source: Consumer, positions: list[TopicPartition]) -> None:
    """Read again from what is committed: the batch in hand was not.

    Raises RetryError if that did not work; to read on then would skip messages.
    """
    try:
        for position in committed(source, positions):
            position.offset = max(position.offset, 0)
            source.seek(position)
    except KafkaException as failure:
        raise RetryError(f"Kafka: {failure.args[0].str()}") from failure
