"""The stream without faults: events of many visits, interleaved, at an even rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from streams.simulate.records import KINDS, MAKERS, Event, correction, is_corrected
from streams.simulate.sent import Sent
from streams.simulate.visits import BLOCK, PER_VISIT, STEPS, Step, Visits, visits

#: Seconds between an itinerary and its scan, about; and bounds for it as a count of events, so
#: that a slow stream still interleaves and a fast one needs little memory.
SPREAD_S: Final = 5.0
SPREAD_EVENTS: Final = (20.0, 20_000.0)


@dataclass(frozen=True, slots=True)
class Run:
    """Parameters of a stream; equal ones give equal streams. start: ms since 1970, UTC.

    rate: events a second. hits: factor on the hit rates of the lanes.
    """

    seed: int
    rate: float
    start: int
    hits: float = 1.0

    @property
    def name(self) -> str:
        """Give the prefix of this run's event ids."""
        return f"sim-{crc32(f'{self.seed}|{self.rate}|{self.start}|{self.hits}'.encode()):08x}"

    @property
    def spread(self) -> float:
        """Give the events between an itinerary and its scan, about."""
        low, high = SPREAD_EVENTS
        return min(max(self.rate * SPREAD_S, low), high)

    def at(self, number: int) -> int:
        """Give when the event of this number is due, ms since 1970."""
        return self.start + int(number * 1000 / self.rate)


def clean(run: Run) -> Iterator[Sent]:
    """Give the events of a run in order, without end and without faults."""
    blocks: dict[int, Visits] = {}
    to_correct: dict[int, Event] = {}
    name = run.name
    for number, code in enumerate(_order(run, blocks)):
        visit, step = divmod(code, STEPS)
        block, i = blocks[visit // BLOCK], visit % BLOCK
        at = run.at(number)
        if step == Step.CORRECTION:
            partner, event = correction(name, block, i, at, to_correct.pop(visit))
        else:
            partner, event = MAKERS[step](name, block, i, at)
            if step == Step.SEIZURE and is_corrected(block, i):
                to_correct[visit] = event
        key = event["container_number"] or event.get("camera_id") or event["event_id"]
        yield Sent(partner, KINDS[step], event, key, at, itinerary=block.itineraries[i])


def _order(run: Run, blocks: dict[int, Visits]) -> Iterator[int]:
    """Give visit * STEPS + step of all events by position; keeps the blocks in use in `blocks`."""
    waiting = np.empty(0), np.empty(0, dtype=np.int64)
    for number in count():
        block = blocks[number] = visits(number, run.seed, run.spread, run.hits)
        # No event of a later block comes before the first visit of the next one.
        ready, waiting = _split(waiting, _events(block), (number + 1) * BLOCK * PER_VISIT)
        yield from ready.tolist()
        for old in [n for n in blocks if n * BLOCK * STEPS + BLOCK * STEPS <= _oldest(waiting[1])]:
            del blocks[old]


_Events = tuple[NDArray[np.float64], NDArray[np.int64]]


def _events(block: Visits) -> _Events:
    """Give positions and codes of the events that a block has."""
    positions = block.positions.ravel()
    there = np.flatnonzero(np.isfinite(positions))
    return positions[there], there + block.first * STEPS


def _split(waiting: _Events, new: _Events, limit: float) -> tuple[NDArray[np.int64], _Events]:
    """Give the codes below the limit by position, and the events that still have to wait."""
    positions, codes = (np.concatenate(pair) for pair in zip(waiting, new, strict=True))
    ready = positions < limit
    order = np.argsort(positions[ready], kind="stable")
    return codes[ready][order], (positions[~ready], codes[~ready])


def _oldest(codes: NDArray[np.int64]) -> int:
    return int(codes.min(initial=np.iinfo(np.int64).max))
