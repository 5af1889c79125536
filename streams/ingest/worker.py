"""The worker: runs the six steps, landing one batch while the next is prepared."""

import gc
import logging
import queue
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from confluent_kafka import Consumer, TopicPartition

from streams.contracts.decode import Decoder
from streams.errors import RetryError, StopError
from streams.ingest import commit
from streams.ingest.commit import DeadLetter, Transactions
from streams.ingest.consume import Batch, consumer, next_batch
from streams.ingest.decode import decoders
from streams.ingest.follow import Follower
from streams.ingest.land import land, until_done
from streams.ingest.name import transactional_id
from streams.ingest.prepare import Prepared, prepare
from streams.ingest.reroute import reroute
from streams.ingest.settings import IngestSettings
from streams.ingest.waiting import Waiting
from streams.names import DEAD_LETTERS
from streams.routes.corridors import Routes
from streams.routes.itineraries import Itineraries
from streams.settings import Endpoints
from streams.store.client import connect

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Totals:
    """What a worker has done; times in seconds since 1970, 0 before the first."""

    messages: int = 0
    rows: int = 0
    dead_letters: int = 0
    rerouted: int = 0
    batches: int = 0
    first_message_at: float = 0.0
    last_commit_at: float = 0.0


class Lander:
    """Steps 5 and 6 on a thread of their own, one batch at a time, in order.

    After a failure it takes nothing more until `reset`: what comes behind a batch that did not
    commit must not commit before it.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        settings: IngestSettings,
        name: str,
        itineraries: Itineraries,
        totals: Totals,
        stopping: threading.Event,
    ) -> None:
        self._client = connect(endpoints, seconds=settings.insert_seconds)
        self._transactions = Transactions(endpoints, name)
        self._itineraries = itineraries
        self._totals = totals
        self._stopping = stopping
        self._queue: queue.Queue[Prepared | None] = queue.Queue(maxsize=1)
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="lander", daemon=True)
        self._thread.start()

    def offer(self, prepared: Prepared) -> bool:
        """Hand over a batch; False if there is no room within a moment. Raises what failed."""
        self.check()
        try:
            self._queue.put(prepared, timeout=0.1)
        except queue.Full:
            return False
        return True

    def check(self) -> None:
        """Raise what made landing fail."""
        if self.failure is not None:
            raise self.failure

    def drain(self) -> None:
        """Wait until all that was handed over is committed, or has failed."""
        self._queue.join()

    def reset(self) -> None:
        """Settle what is open and forget the failure; the caller goes back to what is committed.

        Raises RetryError if Kafka is away.
        """
        self.drain()
        if self.failure is not None:
            self._transactions.renew()
        self.failure = None

    def close(self) -> None:
        """Finish what was handed over and end."""
        self._queue.put(None)
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while (prepared := self._queue.get()) is not None:
            try:
                if self.failure is None:
                    self._finish(prepared)
            except Exception as failure:  # noqa: BLE001 - given to the worker by check()
                self.failure = failure
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _finish(self, prepared: Prepared) -> None:
        totals = self._totals
        totals.rows += until_done(lambda: self._land(prepared), self._stopping.is_set)
        self._transactions.commit(
            prepared.positions,
            prepared.group,
            prepared.rows.windows,
            prepared.letters,
        )
        totals.messages += prepared.messages
        totals.dead_letters += len(prepared.letters)
        totals.batches += 1
        totals.last_commit_at = time.time()

    def _land(self, prepared: Prepared) -> int:
        landed = land(self._client, prepared.rows.tables)
        if prepared.letters:
            land(self._client, [(DEAD_LETTERS, letter_rows(prepared.letters))])
        if prepared.itineraries_of:
            late = reroute(self._client, self._itineraries, prepared.itineraries_of)
            self._totals.rerouted += land(self._client, late.tables)
            prepared.rows.windows |= late.windows
        return landed


def letter_rows(letters: list[DeadLetter]) -> pa.Table:
    """Rows of `dead_letters`: everything but the bytes."""
    return pa.table(
        {
            "topic": [letter.message.topic() for letter in letters],
            "partition": np.array([letter.message.partition() for letter in letters], np.int32),
            "offset": np.array([letter.message.offset() for letter in letters], np.int64),
            "received_at": pa.array(
                [letter.message.timestamp()[1] for letter in letters], pa.timestamp("ms", "UTC")
            ),
            "partner": [letter.partner for letter in letters],
            "kind": [letter.kind for letter in letters],
            "reason": [str(letter.bad.reason) for letter in letters],
            "detail": [letter.bad.detail for letter in letters],
            "schema_id": np.array([letter.bad.schema_id for letter in letters], np.int32),
        }
    )


def _spare_the_collector() -> None:
    """Keep the collector from walking over every message: they make no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


class Worker:
    """One member of the ingest group. Several can run; Kafka shares the partitions among them."""

    def __init__(self, endpoints: Endpoints, settings: IngestSettings) -> None:
        self._endpoints = endpoints
        self._settings = settings
        self.totals = Totals()
        self._stopping = threading.Event()
        self._revoked: set[tuple[str, int]] = set()
        self._waiting = Waiting()
        self._lander: Lander | None = None

    def stop(self) -> None:
        """Ask to end after the batch in hand; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> Totals:
        """Run until stopped; a service that is away is waited for, at the start as later.

        Raises StopError if going on would break a promise, RetryError if stopped while waiting.
        """
        stopping = self._stopping.is_set
        itineraries = Itineraries(Routes())
        with ExitStack() as ending:
            follower = Follower(self._endpoints, self._settings.group, itineraries)
            ending.callback(follower.stop)
            until_done(follower.start, stopping)
            source = consumer(self._endpoints, self._settings, self._on_revoke, self._on_lost)
            ending.callback(source.close)
            name = ending.enter_context(transactional_id(self._endpoints, self._settings))
            self._lander = until_done(
                lambda: Lander(
                    self._endpoints,
                    self._settings,
                    name,
                    itineraries,
                    self.totals,
                    self._stopping,
                ),
                stopping,
            )
            ending.callback(self._lander.close)
            _spare_the_collector()
            self._loop(source, self._lander, decoders(self._endpoints), itineraries, follower)
        return self.totals

    def _loop(
        self,
        source: Consumer,
        lander: Lander,
        by_topic: dict[str, Decoder],
        itineraries: Itineraries,
        follower: Follower,
    ) -> None:
        while not self._stopping.is_set():
            try:
                follower.check()
                lander.check()
                batch = self._owned(
                    source, next_batch(source, self._settings, self._stopping.is_set)
                )
                late = self._waiting.ready(itineraries)
                if not batch.messages and not late:
                    continue
                self.totals.first_message_at = self.totals.first_message_at or batch.begun_at
                prepared = prepare(batch, by_topic, itineraries)
                prepared.itineraries_of += late
                self._hand_over(source, lander, prepared)
                for containers in prepared.rows.unrouted:
                    self._waiting.add(containers)
            except RetryError as error:
                _log.warning("%s; going back to what is committed", error)
                self._go_back(source, lander)

    def _hand_over(self, source: Consumer, lander: Lander, prepared: Prepared) -> None:
        """Wait for room, staying in the group meanwhile."""
        prepared.group = source.consumer_group_metadata()
        paused: list[TopicPartition] = []
        try:
            while not lander.offer(prepared) and not self._stopping.is_set():
                if not paused:
                    paused = source.assignment()
                    source.pause(paused)
                # A message can only be of a partition assigned just now, and may not be lost.
                if source.poll(0) is not None or self._revoked:
                    raise RetryError("Partitions were shared out anew")
        finally:
            # Those lost meanwhile too: librdkafka would give them back paused.
            source.resume(paused)

    def _on_revoke(self, partitions: list[TopicPartition]) -> None:
        """Commit what is in hand while it is still ours; what is not yet handed over is dropped."""
        if self._lander is not None:
            self._lander.drain()
        self._on_lost(partitions)

    def _on_lost(self, partitions: list[TopicPartition]) -> None:
        """Note what is no longer ours: Kafka refuses to commit it."""
        self._revoked |= {(p.topic, p.partition) for p in partitions}

    def _owned(self, source: Consumer, batch: Batch) -> Batch:
        """Drop messages of partitions that went to another worker while the batch was filled."""
        if not self._revoked:
            return batch
        gone, self._revoked = self._revoked, set()
        # A partition that already came back is read again from what is committed.
        back = [p for p in source.assignment() if (p.topic, p.partition) in gone]
        if back:
            commit.rewind(source, back)
        return Batch(
            [m for m in batch.messages if (m.topic(), m.partition()) not in gone],
            {place: o for place, o in batch.next_offsets.items() if place not in gone},
            batch.begun_at,
        )

    def _go_back(self, source: Consumer, lander: Lander) -> None:
        """Read on from what is committed, once Kafka says what that is."""
        if isinstance(lander.failure, StopError):
            raise lander.failure
        self._stopping.wait(1)
        until_done(lander.reset, self._stopping.is_set)
        self._revoked = set()
        self._waiting.again()
        until_done(lambda: commit.rewind(source, source.assignment()), self._stopping.is_set)
