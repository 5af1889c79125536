"""Step 6, commit: offsets, touched windows and dead letters, all or nothing."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
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

_log: Final = logging.getLogger(__name__)
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
    """Commits batches. One worker's are fenced off by a newer worker of the same name."""

    def __init__(self, endpoints: Endpoints, name: str, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping
        self._settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": endpoints.kafka,
            "client.id": "waterbed-ingest",
            "transactional.id": name,
            "transaction.timeout.ms": 60_000,
            "compression.type": "lz4",
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
        self._producer = self._begin()
        self._hung = False
        self._window_schema = Registry(endpoints.registry).id_of(subject_of(TOUCHED_WINDOW_TOPIC))

    def _begin(self) -> Producer:
        """Give a producer of our name; what an earlier one has left open is aborted."""
        producer = Producer(self._settings)
        _checked(producer.init_transactions, _SECONDS)
        return producer

    def commit(
        self,
        positions: list[TopicPartition],
        group: Any,  # noqa: ANN401 - opaque metadata of confluent_kafka
        windows: Iterable[Window],
        letters: Sequence[DeadLetter],
    ) -> None:
        """Commit one batch; on RetryError nothing of it was.

        Raises StopError if another worker has taken our name or the producer can't go on.
        """
        if self._hung:
            self._producer, self._hung = self._begin(), False
        _checked(self._producer.begin_transaction)
        try:
            for window in windows:
                self._touch(window)
            for letter in letters:
                self._set_apart(letter)
            if positions:
                self._send_offsets(positions, group)
            self._answered(self._producer.commit_transaction)
        except RetryError:
            if not self._hung:
                self._answered(self._producer.abort_transaction)
            raise

    def _send_offsets(self, positions: list[TopicPartition], group: Any) -> None:  # noqa: ANN401
        """Add the offsets to the transaction.

        After a broker restart librdkafka 2.16 now and then never returns from this call, whatever
        its time limit. Such a producer is left behind with its thread; the next one fences it.
        """
        done: Future[None] = Future()

        def send() -> None:
            try:
                self._producer.send_offsets_to_transaction(positions, group, _OFFSETS_SECONDS)
            except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
                done.set_exception(failure)
            else:
                done.set_result(None)

        threading.Thread(target=send, name="offsets", daemon=True).start()
        try:
            _checked(done.result, _HUNG_SECONDS)
        except TimeoutError as hung:
            self._hung = True
            raise RetryError("Kafka's client hangs on adding offsets to a transaction") from hung

    def _answered(self, end: Callable[[float], None]) -> None:
        """End the transaction; asks again while the answer is open, as anything else could lie."""
        while True:
            try:
                end(_SECONDS)
            except KafkaException as failure:
                if not failure.args[0].retriable():
                    raise _named(failure) from failure
                _log.warning("Kafka does not end a transaction: %s", failure.args[0].str())
            else:
                return
            if self._stopping():
                raise StopError(
                    "Kafka does not say whether a batch was committed. Start ingest again: it "
                    "goes on where it stopped."
                )

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


def _checked(call: Any, *args: Any) -> None:  # noqa: ANN401 - methods of confluent_kafka
    """Call, and name what the worker must do if it fails."""
    try:
        call(*args)
    except KafkaException as failure:
        raise _named(failure) from failure


def _named(failure: KafkaException) -> RetryError | StopError:
    error: KafkaError = failure.args[0]
    if error.txn_requires_abort() or error.retriable():
        return RetryError(f"Kafka transaction: {error.str()}")
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
