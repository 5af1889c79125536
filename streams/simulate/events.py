"""The simulated stream: pure, the same for the same parameters, apart from any sending."""

from collections.abc import Iterator
from itertools import islice

from streams.simulate.faults import with_faults
from streams.simulate.sent import Sent
from streams.simulate.stream import Run, clean


def events(
    seed: int,
    rate: float,
    start: int,
    duration: float | None,
    faults: float = 0.0,
    *,
    hits: float = 1.0,
) -> Iterator[Sent]:
    """Give `rate * duration` events, and the repetitions among the faults on top.

    start: when the first is due, ms since 1970, UTC. duration: in seconds; None never ends.
    faults: share of events with a fault, 0 to 1. hits: factor on the rates of finds.
    Equal parameters give equal events, byte for byte; a longer duration only adds to the end,
    but for held-back events, which a shorter one sends at its end.
    Raises ValueError when a number is out of its range.
    """
    if rate <= 0 or not 0 <= faults <= 1 or hits < 0 or (duration is not None and duration < 0):
        raise ValueError("rate must be above 0, faults from 0 to 1, hits and duration not below 0")
    stream = clean(Run(seed, rate, start, hits))
    if duration is not None:
        stream = islice(stream, round(rate * duration))
    return with_faults(stream, seed, faults) if faults else stream
