"""Step 3, check: what can't be an event is set apart; what is doubtful is flagged and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.contracts.containers import examine
from streams.contracts.dead_letters import Reason
from streams.contracts.decode import Bad
from streams.contracts.flags import Flag
from streams.names import OPEN, Kind

#: Nothing before this day is an event; shipping containers are older, reports of them are not.
EARLIEST_MS: Final = 946_684_800_000  # 2000-01-01

#: A partner's clock may run ahead of ours by this much.
AHEAD_MS: Final = 24 * 3600 * 1000

#: More than any load ever found; above it the figure is a slip of unit or digit.
MOST_KG: Final = 50_000

ID_LENGTH: Final = 128
PLACE_LENGTH: Final = 32
TERMINAL_LENGTH: Final = 64

_HOUR_MS: Final = 3600 * 1000

#: Columns of the place where a kind of event happened.
SITE: Final = {
    Kind.SCAN_VERDICT: ("facility_locode", "facility_terminal"),
    Kind.CAMERA_EVENT: ("facility_locode", "facility_terminal"),
    Kind.SEIZURE_REPORT: ("interception_place", "interception_terminal"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """Events that go on, their flags and container keys (shape (n,)), and what was set apart."""

    events: pl.DataFrame
    flags: npt.NDArray[np.uint32]
    keys: npt.NDArray[np.int64]
    bad: list[Bad]


def check(kind: Kind, partner: str, events: pl.DataFrame) -> Checked:
    """Check decoded events of one topic.

    events: the columns of the kind's schema, `_row`, and received_at in int64 ms.
    """
    faults = list(_faults(kind, partner))
    found = events.select(fault.alias(reason) for reason, fault in faults)
    faulty = found.select(pl.any_horizontal(pl.all())).to_series()
    bad: list[Bad] = []
    if faulty.any():
        bad = _bad(events.filter(faulty)["_row"], found.filter(faulty))
        events = events.filter(~faulty)
    flags, keys = examine(events["container_number"])
    for flag, doubt in _doubts(kind):
        doubtful = events.select(doubt.fill_null(value=False)).to_series()
        if doubtful.any():
            flags |= np.where(doubtful.to_numpy(), flag, 0).astype(np.uint32)
    return Checked(events, flags, keys, bad)


def _bad(rows: pl.Series, found: pl.DataFrame) -> list[Bad]:
    reasons = [Reason[name] for name in found.columns]
    return [
        Bad(row, next(r for r, is_so in zip(reasons, faults, strict=True) if is_so), "")
        for row, faults in zip(rows, found.iter_rows(), strict=True)
    ]


def _faults(kind: Kind, partner: str) -> Iterator[tuple[Reason, pl.Expr]]:
    """Why an event can't be one; the first that holds is the reason."""
    yield Reason.NO_EVENT_ID, ~_length("event_id").is_between(1, ID_LENGTH)
    if partner != OPEN:
        yield Reason.WRONG_COUNTRY, pl.col("country") != partner
    yield Reason.IMPOSSIBLE_TIME, ~(_possible("occurred_at") & _possible("recorded_at"))
    if kind in SITE:
        place, terminal = SITE[kind]
        yield (
            Reason.NO_SITE,
            ~_length(place).is_between(1, PLACE_LENGTH)
            | (_length(terminal).fill_null(0) > TERMINAL_LENGTH),
        )
        yield Reason.BAD_CORRECTION, _bad_correction()
    if kind is Kind.CAMERA_EVENT:
        yield Reason.NO_PURPOSE, pl.col("purpose") == "UNKNOWN"
    if kind is Kind.ITINERARY:
        yield Reason.NO_SITE, _length("container_number") == 0


def _length(column: str) -> pl.Expr:
    return pl.col(column).str.len_bytes()


def _possible(column: str) -> pl.Expr:
    time = pl.col(column)
    return (time >= EARLIEST_MS) & (time <= pl.col("received_at") + AHEAD_MS)


def _bad_correction() -> pl.Expr:
    """A correction names all of id, site and time, of another event; a withdrawal is one."""
    named = pl.col("retracted_event_id")
    site = _length("retracted_site")
    complete = (
        _length("retracted_event_id").is_between(1, ID_LENGTH)
        & site.is_between(1, PLACE_LENGTH + 1 + TERMINAL_LENGTH)
        & _possible("retracted_occurred_at")
        & (named != pl.col("event_id"))
    )
    partly = pl.any_horizontal(
        pl.col("retracted_site", "retracted_occurred_at").is_not_null(), pl.col("withdrawal")
    )
    return pl.when(named.is_null()).then(partly).otherwise(~complete.fill_null(value=False))


def _doubts(kind: Kind) -> Iterator[tuple[Flag, pl.Expr]]:
    yield (
        Flag.RECORDED_BEFORE_OCCURRED,
        pl.col("recorded_at") < pl.col("occurred_at") - _HOUR_MS,
    )
    if kind is Kind.SCAN_VERDICT:
        yield Flag.SCORE_OUT_OF_RANGE, ~pl.col("score").is_between(0, 1)
    if kind is Kind.CAMERA_EVENT:
        yield Flag.NO_CAMERA, _length("camera_id") == 0
    if kind is Kind.SEIZURE_REPORT:
        kg = pl.col("quantity_kg")
        yield Flag.NO_QUANTITY, kg.is_null()
        yield Flag.ABSURD_QUANTITY, kg.is_nan() | ~((kg > 0) & (kg <= MOST_KG))
