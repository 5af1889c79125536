"""Runs an audit: reads, expects, compares. Changes nothing but its own database."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from zlib import crc32

import numpy as np
import polars as pl
from clickhouse_connect.driver.exceptions import Error
from confluent_kafka import Message

from streams.audit import letters
from streams.audit.compare import compare, newest
from streams.audit.expect import expected
from streams.audit.letters import PLACE, OnTopics
from streams.audit.read import Stretch, chunks
from streams.audit.report import Reason, Report
from streams.audit.scratch import insert, scratch
from streams.audit.slices import slices
from streams.contracts import schema
from streams.contracts.columns import ROW
from streams.contracts.decode import Decoder
from streams.contracts.registry import Registry, Writers, subject_of
from streams.contracts.topics import declared
from streams.errors import RetryError
from streams.names import Kind, event_topics
from streams.settings import Endpoints
from streams.status.positions import Place, extents, positions
from streams.store.client import Client, connect

#: Told how much of what is done: "reading", messages so far, of about so many.
Progress = Callable[[str, int, int], None]


def audit(endpoints: Endpoints, progress: Progress = lambda *_: None) -> Report:
    """Audit everything that ingest has committed; it may go on meanwhile.

    Raises RetryError if a service is away, StopError if topics are missing.
    """
    started = time.monotonic()
    report = Report()
    try:
        with connect(endpoints) as client, scratch(client) as database:
            _Audit(endpoints, client, database, report, progress).run()
    except (Error, OSError) as error:
        if isinstance(error, RetryError):
            raise
        raise RetryError(f"ClickHouse at {endpoints.clickhouse}: {error}") from error
    report.seconds = time.monotonic() - started
    return report


_COMPACTED: Final = frozenset(
    topic.name for topic in declared() if "compact" in topic.config.get("cleanup.policy", "")
)


class _Audit:
    """One audit: what its steps share."""

    def __init__(
        self,
        endpoints: Endpoints,
        client: Client,
        database: str,
        report: Report,
        progress: Progress,
    ) -> None:
        self._endpoints = endpoints
        self._client = client
        self._database = database
        self._report = report
        self._progress = progress
        registry = Registry(endpoints.registry)
        self._decoders = {
            topic: Decoder(schema.load(kind), Writers(registry, subject_of(topic)))
            for topic, (_, kind) in event_topics().items()
        }

    def run(self) -> None:
        """Read first, compare afterwards: what lands meanwhile is newer than what was read."""
        stretches = {
            (at.topic, at.partition): Stretch(at.low, at.committed or 0)
            for at in positions(self._endpoints, event_topics())
        }
        on_topics = letters.on_topics(self._endpoints)
        in_table = letters.in_table(self._client)
        unseen = self._read(stretches, on_topics, in_table)
        stretches = self._still_held(stretches)
        self._letters(stretches, on_topics, in_table, unseen)
        self._stretches(stretches)
        self._rows()

    def _read(
        self, stretches: Mapping[Place, Stretch], on_topics: OnTopics, in_table: pl.DataFrame
    ) -> pl.DataFrame:
        """Read all messages; gives the letters of which none was seen."""
        about = pl.concat([on_topics.letters.select(PLACE), in_table.select(PLACE)]).unique()
        seen: list[pl.DataFrame] = []
        total = sum(max(0, s.stop - s.start) for s in stretches.values())
        for topic, messages in chunks(self._endpoints, stretches):
            seen.append(self._chunk(topic, messages, about, on_topics.letters))
            self._progress("reading", self._report.offsets_checked, total)
        return about.join(pl.concat(seen), on=PLACE, how="anti") if seen else about

    def _chunk(
        self, topic: str, messages: list[Message], about: pl.DataFrame, on_topics: pl.DataFrame
    ) -> pl.DataFrame:
        """Take in messages of one topic; gives the places of those that were set apart."""
        values = [value or b"" for value in map(Message.value, messages)]
        read = _places(topic, messages).with_columns(
            checksum=np.fromiter(map(crc32, values), np.uint32, len(values))
        )
        self._report.offsets_checked += len(messages)
        dead = read.join(about, on=PLACE, how="semi")
        changed = dead.join(on_topics, on=PLACE, suffix="_there").filter(
            pl.col("checksum") != pl.col("checksum_there")
        )
        letters.blame(self._report, Reason.OTHER_BYTES, changed)
        result = self._decoders[topic].decode(values)
        unreadable = read[[bad.row for bad in result.bad]] if result.bad else read.clear()
        lost = unreadable.join(dead, on=PLACE, how="anti")
        letters.blame(self._report, Reason.NO_DEAD_LETTER, lost)
        events = result.frame.hstack(read[result.frame[ROW].to_numpy()])
        if len(dead):
            events = events.join(dead, on=PLACE, how="anti")
        rows = expected(event_topics()[topic][1], topic, events)
        insert(self._client, self._database, "expected", rows)
        if topic in _COMPACTED:
            insert(self._client, self._database, "held", read.select(PLACE))
        insert(self._client, self._database, "dead", dead.select(PLACE))
        return dead.select(PLACE)

    def _still_held(self, stretches: Mapping[Place, Stretch]) -> dict[Place, Stretch]:
        """Leave out what Kafka let go meanwhile; blame rows of offsets that do not exist."""
        rows = list(newest(self._client))  # before the ends: rows that land meanwhile are right
        held = extents(self._endpoints, event_topics())
        for topic, partition, offset in rows:
            _, end = held.get((topic, partition), (0, 0))
            if offset >= end:
                self._report.blame(Reason.BEYOND_END, [(topic, partition, offset)], 1)
        return {
            place: Stretch(max(s.start, held[place][0]), s.stop) for place, s in stretches.items()
        }

    def _letters(
        self,
        stretches: Mapping[Place, Stretch],
        on_topics: OnTopics,
        in_table: pl.DataFrame,
        unseen: pl.DataFrame,
    ) -> None:
        topics = letters.judged(on_topics.letters, stretches)
        table = letters.judged(in_table, stretches)
        letters.compare(self._report, topics, table, on_topics.since)
        self._report.dead_letters = topics.select(PLACE).n_unique()
        kept_whole = {p: s for p, s in stretches.items() if p[0] not in _COMPACTED}
        letters.blame(self._report, Reason.LETTER_OF_NOTHING, letters.judged(unseen, kept_whole))

    def _stretches(self, stretches: Mapping[Place, Stretch]) -> None:
        schema_of = {"topic": pl.String, "partition": pl.Int32, "start": pl.Int64, "stop": pl.Int64}
        rows = [(*place, s.start, s.stop) for place, s in stretches.items()]
        frame = pl.DataFrame(rows, schema=schema_of, orient="row")
        compacted = pl.col("topic").is_in(list(_COMPACTED)).cast(pl.UInt8)
        insert(self._client, self._database, "stretches", frame.with_columns(compacted=compacted))

    def _rows(self) -> None:
        wanted = [
            (kind, one) for kind in Kind for one in slices(self._client, self._database, kind)
        ]
        for done, (kind, one) in enumerate(wanted, 1):
            compare(self._report, self._client, self._database, kind, one)
            self._progress("comparing", done, len(wanted))


def _places(topic: str, messages: list[Message]) -> pl.DataFrame:
    n = len(messages)
    return pl.DataFrame(
        {
            "topic": pl.repeat(topic, n, eager=True),
            "partition": np.fromiter(map(Message.partition, messages), np.int32, n),
            "offset": np.fromiter(map(Message.offset, messages), np.int64, n),
        }
    )
