"""Dead letters: those on the topics, those in the table, and whether they agree."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import polars as pl
from confluent_kafka import Message

from streams.audit.read import Stretch, chunks
from streams.audit.report import Reason, Report
from streams.contracts.dead_letters import header
from streams.names import DEAD_LETTERS, OPEN, PARTNERS, dead_letter_topic
from streams.settings import Endpoints
from streams.status.positions import Place, extents
from streams.store.client import Client

PLACE: Final = ["topic", "partition", "offset"]

#: Of letters on the topics: what they are about, their bytes, when they were written (ms).
ON_TOPIC: Final = {
    "topic": pl.String(),
    "partition": pl.Int32(),
    "offset": pl.Int64(),
    "attempt": pl.Int32(),
    "checksum": pl.UInt32(),
    "partner": pl.String(),
    "written": pl.Int64(),
}

_IN_TABLE: Final = f"""
SELECT toString(topic) AS topic, partition, offset, toString(partner) AS partner,
       toUnixTimestamp64Milli(received_at) AS received
FROM {DEAD_LETTERS} FINAL
"""


@dataclass(frozen=True, slots=True)
class OnTopics:
    """Letters that the dead-letter topics hold, columns as in ON_TOPIC.

    since: for each partner the time (ms) from which on none is gone yet.
    """

    letters: pl.DataFrame
    since: dict[str, int]


def on_topics(endpoints: Endpoints) -> OnTopics:
    """Read the dead-letter topics."""
    partners = {dead_letter_topic(partner): partner for partner in (*PARTNERS, OPEN)}
    held = extents(endpoints, partners)
    stretches = {place: Stretch(*extent) for place, extent in held.items()}
    rows = [
        _letter(message, partners[topic])
        for topic, messages in chunks(endpoints, stretches)
        for message in messages
    ]
    letters = pl.DataFrame(rows, schema=ON_TOPIC, orient="row")
    since = {
        partners[topic]: _since(letters, partners[topic]) if low else 0
        for (topic, _), (low, _) in held.items()
    }
    return OnTopics(letters, since)


def _since(letters: pl.DataFrame, partner: str) -> int:
    """Topics keep letters for a time only, the table longer: when the oldest kept was written."""
    kept = letters.filter(pl.col("partner") == partner).get_column("written")
    return int(kept.min() or 0) if len(kept) else sys.maxsize  # type: ignore[arg-type]  # of Int64


def _letter(message: Message, partner: str) -> tuple[Any, ...]:
    said: dict[str, Any] = dict(message.headers() or [])

    def number(name: str) -> int:
        return int(said[header(name)] or b"-1")

    return (
        (said[header("topic")] or b"").decode(),
        number("partition"),
        number("offset"),
        number("attempt"),
        crc32(message.value() or b""),
        partner,
        message.timestamp()[1],
    )


def in_table(client: Client) -> pl.DataFrame:
    """Letters that table dead_letters holds: place, partner and when received (ms)."""
    found = pl.from_arrow(client.query_arrow(_IN_TABLE))
    assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
    text = pl.col("topic", "partner")
    return found.with_columns(
        text.cast(pl.Binary).cast(pl.String), pl.col("partition").cast(pl.Int32)
    )


def judged(letters: pl.DataFrame, stretches: Mapping[Place, Stretch]) -> pl.DataFrame:
    """Letters of offsets in the stretches: what is older is gone, what is newer in flight."""
    rows = [(*place, s.start, s.stop) for place, s in stretches.items()]
    schema = {"topic": pl.String, "partition": pl.Int32, "start": pl.Int64, "stop": pl.Int64}
    known = letters.join(pl.DataFrame(rows, schema=schema, orient="row"), on=PLACE[:2])
    inside = pl.col("offset").is_between(pl.col("start"), pl.col("stop"), closed="left")
    return known.filter(inside).select(letters.columns)


def compare(
    report: Report, topics: pl.DataFrame, table: pl.DataFrame, since: Mapping[str, int]
) -> None:
    """Blame letters that are in one of the two only, or twice on the topics."""
    blame(report, Reason.NOT_IN_TABLE, topics.join(table, on=PLACE, how="anti"))
    kept = pl.col("partner").replace_strict(dict(since), default=0, return_dtype=pl.Int64)
    must_be = table.filter(pl.col("received") >= kept)
    blame(report, Reason.NOT_ON_TOPIC, must_be.join(topics, on=PLACE, how="anti"))
    blame(report, Reason.LETTER_TWICE, topics.filter(pl.struct(*PLACE, "attempt").is_duplicated()))


def blame(report: Report, reason: Reason, offenders: pl.DataFrame) -> None:
    """Note the offenders of one reason."""
    if len(offenders):
        report.blame(reason, _places(offenders), len(offenders))


def _places(offenders: pl.DataFrame) -> Iterable[tuple[str, int, int]]:
    return offenders.select(PLACE).sort(PLACE).head(100).iter_rows()
