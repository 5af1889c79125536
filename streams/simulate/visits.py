"""Visits of containers to partners' places, drawn in blocks of columns.

A visit is what makes events: an itinerary, one scan, a few camera events, and rarely a seizure
with its correction. Every block is drawn from the seed and its own number alone, so any part of
a stream can be made again without what comes before it.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from streams.simulate.containers import container_numbers
from streams.simulate.goods import CONCEALMENTS, kilos
from streams.simulate.lanes import Stop, stops
from streams.simulate.sites import Site, sites

#: Visits drawn together.
BLOCK: Final = 1024

#: Streams of random numbers of one seed.
VISITS, FAULTS = range(2)

#: How an itinerary comes: mostly before the scan, seldom after it or not at all.
LATE_ITINERARIES: Final = 0.03
NO_ITINERARY: Final = 0.02

#: Verdicts of scans without a find: suspects, then inconclusive; at the poor site and elsewhere.
FALSE_ALARMS: Final = 0.012
INCONCLUSIVE: Final = 0.02
POOR_INCONCLUSIVE: Final = 0.32
#: Share of finds that the algorithm had called suspect; the others are found by other means.
SEEN: Final = 0.7

#: Chance of 0, 1, 2 and 3 camera events.
CAMERA_EVENTS: Final = (0.25, 0.4, 0.25, 0.1)
#: Share of seizures whose first figure is corrected.
CORRECTED: Final = 0.4


class Step(IntEnum):
    """Events of a visit."""

    ITINERARY = 0
    SCAN = 1
    CAMERA_1 = 2
    CAMERA_2 = 3
    CAMERA_3 = 4
    SEIZURE = 5
    CORRECTION = 6


STEPS: Final = len(Step)

#: Expected events of a visit; makes stream positions and event numbers run side by side.
PER_VISIT: Final = (1 - NO_ITINERARY) + 1 + sum(n * share for n, share in enumerate(CAMERA_EVENTS))


@dataclass(frozen=True, slots=True)
class Visits:
    """A block of visits as columns of BLOCK entries; `positions` is (BLOCK, STEPS).

    positions: place of each event in the stream, infinite where there is none.
    lags: milliseconds from occurring to being sent. draws: random integers below 2**31.
    """

    first: int
    positions: NDArray[np.float64]
    lags: list[list[int]]
    draws: list[list[int]]
    containers: list[str]
    stops: list[Stop]
    sites: list[Site]
    verdicts: list[str]
    scores: list[float]
    hits: list[bool]
    itineraries: list[str]
    kilos: list[float]
    concealments: list[str]


def visits(number: int, seed: int, spread: float, hits: float = 1.0) -> Visits:
    """Draw a block.

    spread: positions between an itinerary and its scan, about. hits: factor on the hit rates.
    """
    rng = np.random.default_rng([seed, VISITS, number])
    at, site = _places(rng)
    hit = rng.random(BLOCK) < hits * _shares().hit[at]
    poor = np.fromiter((s.poor for s in site), bool, BLOCK)
    verdicts, scores = _verdicts(rng, hit, poor)
    order = rng.random(BLOCK)
    late, never = order < LATE_ITINERARIES, order > 1 - NO_ITINERARY
    concealments = rng.choice(len(CONCEALMENTS), BLOCK, p=list(CONCEALMENTS.values()))
    names = list(CONCEALMENTS)
    return Visits(
        first=number * BLOCK,
        positions=_positions(rng, number, spread, hit=hit, late=late, never=never),
        lags=rng.integers(5, 1500, (BLOCK, STEPS)).tolist(),
        draws=rng.integers(0, 2**31, (BLOCK, STEPS)).tolist(),
        containers=container_numbers(number * BLOCK, BLOCK, seed),
        stops=[stops()[i] for i in at],
        sites=site,
        verdicts=verdicts,
        scores=scores,
        hits=hit.tolist(),
        itineraries=np.select([late, never], ["late", "never"], "before").tolist(),
        kilos=kilos(rng, BLOCK).tolist(),
        concealments=[names[i] for i in concealments.tolist()],
    )


@dataclass(frozen=True, slots=True)
class _Shares:
    upto: NDArray[np.float64]  # cumulative share of traffic by stop
    hit: NDArray[np.float64]


@cache
def _shares() -> _Shares:
    weights = np.array([stop.weight for stop in stops()])
    return _Shares(np.cumsum(weights) / weights.sum(), np.array([s.hit_share for s in stops()]))


def _places(rng: np.random.Generator) -> tuple[list[int], list[Site]]:
    at = np.searchsorted(_shares().upto, rng.random(BLOCK)).tolist()
    which = rng.integers(0, 2**16, BLOCK).tolist()
    choices = (sites(stops()[i].place) for i in at)
    return at, [found[n % len(found)] for found, n in zip(choices, which, strict=True)]


def _verdicts(
    rng: np.random.Generator, hit: NDArray[np.bool_], poor: NDArray[np.bool_]
) -> tuple[list[str], list[float]]:
    draw = rng.random(BLOCK)
    suspect = np.where(hit, draw < SEEN, draw < FALSE_ALARMS)
    unsure = rng.random(BLOCK) < np.where(poor, POOR_INCONCLUSIVE, INCONCLUSIVE)
    verdict = np.select([suspect, unsure], ["SUSPECT", "INCONCLUSIVE"], "CLEAR")
    score = np.select(
        [suspect, unsure], [rng.beta(8, 2, BLOCK), rng.beta(3, 3, BLOCK)], rng.beta(2, 14, BLOCK)
    )
    return verdict.tolist(), np.where(poor, 0.7 * score, score).round(3).tolist()


def _positions(
    rng: np.random.Generator,
    number: int,
    spread: float,
    *,
    hit: NDArray[np.bool_],
    late: NDArray[np.bool_],
    never: NDArray[np.bool_],
) -> NDArray[np.float64]:
    start = (np.arange(BLOCK) + number * BLOCK + rng.random(BLOCK)) * PER_VISIT
    scan = start + spread * rng.uniform(0.5, 1.0, BLOCK)
    seizure = np.where(hit, scan + spread * rng.uniform(0.2, 0.6, BLOCK), np.inf)
    corrected = rng.random(BLOCK) < CORRECTED
    cameras = rng.choice(len(CAMERA_EVENTS), BLOCK, p=CAMERA_EVENTS)
    columns: dict[Step, Any] = {
        Step.ITINERARY: np.select([late, never], [scan + 0.5 * spread, np.inf], start),
        Step.SCAN: scan,
        Step.SEIZURE: seizure,
        Step.CORRECTION: np.where(corrected, seizure + 0.5 * spread, np.inf),
    }
    for n, step in enumerate((Step.CAMERA_1, Step.CAMERA_2, Step.CAMERA_3)):
        seen = start + spread * rng.uniform(0.3, 1.4, BLOCK)
        columns[step] = np.where(cameras > n, seen, np.inf)
    return np.stack([columns[step] for step in Step], axis=1)
