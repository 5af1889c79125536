"""Partner faults in a chosen share, each with what must become of the event."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Final

from streams.contracts.encode import body
from streams.contracts.schema import load
from streams.names import PARTNERS, Kind
from streams.simulate.containers import spoiled
from streams.simulate.sent import Fault, Outcome, Sent
from streams.simulate.spoil import spoil
from streams.simulate.visits import FAULTS

#: Share of each fault among all faults.
SHARES: Final = {
    Fault.LATE: 0.12,
    Fault.REPEATED: 0.2,
    Fault.OUT_OF_ORDER: 0.15,
    Fault.TRUNCATED: 0.06,
    Fault.BIT_FLIPPED: 0.06,
    Fault.RANDOM: 0.06,
    Fault.EMPTY: 0.04,
    Fault.UNKNOWN_SCHEMA: 0.05,
    Fault.WRONG_COUNTRY: 0.07,
    Fault.IMPOSSIBLE_TIME: 0.05,
    Fault.UNKNOWN_PLACE: 0.07,
    Fault.BAD_CHECK_DIGIT: 0.07,
}
GARBLED: Final = frozenset(
    {Fault.TRUNCATED, Fault.BIT_FLIPPED, Fault.RANDOM, Fault.EMPTY, Fault.UNKNOWN_SCHEMA}
)

#: Faults that decode, and the reason for which the event is dead-lettered all the same.
REFUSED: Final = {
    Fault.WRONG_COUNTRY: "WRONG_COUNTRY",
    Fault.IMPOSSIBLE_TIME: "IMPOSSIBLE_TIME",
}

#: Events that pass before a repeated or held-back one is sent.
BEHIND: Final = (5, 500)
#: Hours by which a late event occurred before it is sent.
LATE_HOURS: Final = (1.0, 72.0)
HOUR_MS: Final = 3_600_000

#: Field that names the place an event is about.
PLACE_FIELDS: Final = {
    Kind.SCAN_VERDICT: "facility_locode",
    Kind.CAMERA_EVENT: "facility_locode",
    Kind.SEIZURE_REPORT: "interception_place",
    Kind.ITINERARY: "origin",
}
TIME_FIELDS: Final = ("occurred_at", "image_captured_at")


def with_faults(events: Iterator[Sent], seed: int, share: float) -> Iterator[Sent]:
    """Give the events with faults put in, the last ones without end-of-stream losses.

    share: of events with a fault, 0 to 1. A repeated event is sent once more than in `events`;
    every other one exactly once, so nothing is dropped.
    """
    rng = random.Random(f"{seed}/{FAULTS}")
    held: list[tuple[int, int, Sent]] = []
    order = count()
    for number, sent in enumerate(events):
        for due in _due(held, number):
            yield replace(due, at=sent.at)
        fault = _draw(rng, share, sent)
        if fault is not Fault.OUT_OF_ORDER:
            yield sent if fault in {Fault.NONE, Fault.REPEATED} else faulty(sent, fault, rng)
        if fault in {Fault.OUT_OF_ORDER, Fault.REPEATED}:
            later = number + rng.randint(*BEHIND)
            heapq.heappush(held, (later, next(order), faulty(sent, fault, rng)))
    for _, _, sent in sorted(held):
        yield sent


def _due(held: list[tuple[int, int, Sent]], number: int) -> Iterator[Sent]:
    while held and held[0][0] <= number:
        yield heapq.heappop(held)[-1]


def _draw(rng: random.Random, share: float, sent: Sent) -> Fault:
    if rng.random() >= share:
        return Fault.NONE
    fault = rng.choices(list(SHARES), list(SHARES.values()))[0]
    # Reports that are corrected, and corrections, stay whole: the truth about one would depend
    # on what became of the other.
    if sent.event.get("retracted_event_id") or sent.event.get("status") == "PROVISIONAL":
        return Fault.NONE
    if fault is Fault.BAD_CHECK_DIGIT and not sent.event["container_number"]:
        return Fault.NONE
    return fault


def faulty(sent: Sent, fault: Fault, rng: random.Random) -> Sent:
    """Give the event with the fault, marked with it and with what must become of it."""
    marked = replace(sent, fault=fault)
    if fault in GARBLED:
        name = sent.kind.value
        marked.spoiled, marked.reasons = spoil(fault, body(name, sent.event), load(name), rng)
        marked.outcome = Outcome.DEAD_LETTERED
    elif fault is Fault.REPEATED:
        marked.outcome = Outcome.DUPLICATE
    elif fault in _CHANGES:
        marked.event = sent.event | _CHANGES[fault](sent, rng)
    if fault is Fault.BAD_CHECK_DIGIT:
        marked.key = marked.event["container_number"]
    if fault in REFUSED:
        marked.outcome, marked.reasons = Outcome.DEAD_LETTERED, (REFUSED[fault],)
    return marked


def _late(sent: Sent, rng: random.Random) -> dict[str, Any]:
    by = int(rng.uniform(*LATE_HOURS) * HOUR_MS)
    times = {name: sent.event.get(name) for name in TIME_FIELDS}
    return {name: time - by for name, time in times.items() if time is not None}


def _wrong_country(sent: Sent, rng: random.Random) -> dict[str, Any]:
    return {"country": rng.choice([c for c in PARTNERS if c != sent.partner])}


def _impossible_time(sent: Sent, _rng: random.Random) -> dict[str, Any]:
    return {name: sent.event[name] // 1000 for name in ("occurred_at", "recorded_at")}


def _unknown_place(sent: Sent, rng: random.Random) -> dict[str, Any]:
    return {PLACE_FIELDS[sent.kind]: f"{sent.partner}Q{rng.choice('QXZ')}9"}


def _bad_check_digit(sent: Sent, rng: random.Random) -> dict[str, Any]:
    return {"container_number": spoiled(sent.event["container_number"], rng.randint(1, 9))}


_CHANGES: Final[dict[Fault, Callable[[Sent, random.Random], dict[str, Any]]]] = {
    Fault.LATE: _late,
    Fault.WRONG_COUNTRY: _wrong_country,
    Fault.IMPOSSIBLE_TIME: _impossible_time,
    Fault.UNKNOWN_PLACE: _unknown_place,
    Fault.BAD_CHECK_DIGIT: _bad_check_digit,
}
