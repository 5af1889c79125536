"""Which rows a message must have led to, worked out from the contract and apart from ingest.

An event stands under its key: minute (seizures: UTC day), site, id. A correction leaves a
tombstone under the key it names; a withdrawal leaves nothing else. An itinerary stands under its
container. A version orders knowledge: its lowest 22 bits come from the message's checksum, the
highest says retracted, and between them is the itinerary known when it landed. So the version that
follows from the message alone is the lowest that its row can have.
"""

from typing import Final

import polars as pl

from streams.names import Kind

_MINUTE: Final = 60
_DAY: Final = 86_400
_TIE_BITS: Final = 22
_RETRACTED: Final = 1 << 63
_EPOCH_MS: Final = 1_420_070_400_000  # 2015-01-01: versions of itineraries count from here

#: A seizure of more has no kilos that count.
_MOST_KG: Final = 50_000

#: Place, terminal, window in seconds, and what a row must say as the message does.
_EVENTS: Final = {
    Kind.SCAN_VERDICT: ("facility_locode", "facility_terminal", _MINUTE, "verdict"),
    Kind.CAMERA_EVENT: ("facility_locode", "facility_terminal", _MINUTE, "purpose"),
    Kind.SEIZURE_REPORT: ("interception_place", "interception_terminal", _DAY, "status"),
}

#: Columns given. minute in seconds since 1970; version: the lowest that the row can have.
COLUMNS: Final = {
    "kind": pl.String(),
    "minute": pl.Int64(),
    "site": pl.String(),
    "id": pl.String(),
    "retracted": pl.UInt8(),
    "version": pl.UInt64(),
    "topic": pl.String(),
    "partition": pl.Int32(),
    "offset": pl.Int64(),
    "occurred": pl.Int64(),
    "container": pl.String(),
    "said": pl.String(),
    "kg": pl.Float64(),
}


def expected(kind: Kind, topic: str, events: pl.DataFrame) -> pl.DataFrame:
    """Rows as in COLUMNS that these events must have led to.

    events: the schema's columns with times in int64 ms, and partition, offset, checksum.
    """
    if kind is Kind.ITINERARY:
        return _shaped(events, kind, topic, _itinerary())
    own = _shaped(events.filter(~pl.col("withdrawal")), kind, topic, _own(kind))
    corrections = events.filter(pl.col("retracted_event_id").is_not_null())
    if corrections.is_empty():
        return own
    return pl.concat([own, _shaped(corrections, kind, topic, _tombstone(kind))])


def _shaped(
    events: pl.DataFrame, kind: Kind, topic: str, columns: dict[str, pl.Expr]
) -> pl.DataFrame:
    nothing = {
        "retracted": pl.lit(0),
        "container": pl.col("container_number").fill_null(""),
        "kg": pl.lit(0.0),
    }
    where = {"kind": pl.lit(str(kind)), "topic": pl.lit(topic)}
    made = nothing | where | {n: pl.col(n) for n in ("partition", "offset")} | columns
    return events.select(made[name].cast(dtype).alias(name) for name, dtype in COLUMNS.items())


def _own(kind: Kind) -> dict[str, pl.Expr]:
    place, terminal, window, said = _EVENTS[kind]
    ending = pl.col(terminal).fill_null("")
    site = pl.when(ending == "").then(pl.col(place)).otherwise(pl.col(place) + "/" + ending)
    return {
        "minute": _window(pl.col("occurred_at"), window),
        "site": site,
        "id": pl.col("event_id"),
        "version": _tie(),
        "occurred": pl.col("occurred_at"),
        "said": pl.col(said),
    } | ({"kg": _kilos()} if kind is Kind.SEIZURE_REPORT else {})


def _tombstone(kind: Kind) -> dict[str, pl.Expr]:
    *_, window, _ = _EVENTS[kind]
    return {
        "minute": _window(pl.col("retracted_occurred_at"), window),
        "site": pl.col("retracted_site"),
        "id": pl.col("retracted_event_id"),
        "retracted": pl.lit(1),
        "version": _tie() + pl.lit(_RETRACTED, pl.UInt64),
        "occurred": pl.col("retracted_occurred_at"),
        "container": pl.lit(""),
        "said": pl.lit(""),
    }


def _itinerary() -> dict[str, pl.Expr]:
    recorded = (pl.col("recorded_at") - _EPOCH_MS).clip(0).cast(pl.UInt64)
    return {
        "minute": pl.lit(0),
        "site": pl.lit(""),
        "id": pl.col("container_number"),
        "version": recorded * (1 << _TIE_BITS) + _tie(),
        "occurred": pl.col("occurred_at"),
        "said": pl.col("status"),
    }


def _window(time_ms: pl.Expr, seconds: int) -> pl.Expr:
    return time_ms // (seconds * 1000) * seconds


def _tie() -> pl.Expr:
    return pl.col("checksum").cast(pl.UInt64) % (1 << _TIE_BITS)


def _kilos() -> pl.Expr:
    kg = pl.col("quantity_kg")
    counts = kg.is_not_nan() & (kg > 0) & (kg <= _MOST_KG)
    return pl.when(counts).then(kg).otherwise(0.0)
