"""The finite run: start, load, wait until everything is counted, tell, stop."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from streams.errors import RetryError, StopError
from streams.run import burst, history
from streams.run.children import Child, stop_all
from streams.run.figures import Figures, landed_seizures, read, read_patiently
from streams.run.phases import Phases
from streams.run.services import services
from streams.settings import Endpoints

POLL: Final = 0.5


@dataclass(frozen=True)
class Loaded:
    """What a person may choose. garbage: share of garbled messages; timeout: in seconds."""

    home: Path
    garbage: float
    timeout: float


@dataclass(frozen=True)
class Sent:
    """What this run sent: ids of the published seizures, simulated messages, garbled ones."""

    seizures: Sequence[str]
    simulated: int
    spoiled: int


def run(options: Loaded, lock: int, console: Console) -> dict[str, Any]:
    """Give the summary. Raises StopError when the time is over or something did not land."""
    phases = Phases()
    deadline = time.monotonic() + options.timeout
    with services(options.home, lock, phases) as endpoints:
        children = [Child([name], options.home, console.print) for name in ("ingest", "analyse")]
        before = read_patiently(endpoints)
        try:
            for child in children:
                child.start()
            with phases("load"):
                sent = _send(endpoints, options.garbage, console)
            figures = _wait(children, endpoints, deadline, phases)
        finally:
            with phases("stop"):
                stop_all(children)
        missing = set(sent.seizures) - landed_seizures(endpoints)
    _require_complete(missing, sent, figures.dead_lettered - before.dead_lettered)
    return summary(sent, figures, phases)


def _send(endpoints: Endpoints, garbage: float, console: Console) -> Sent:
    seizures = history.load(endpoints, console)
    if not garbage:
        return Sent(seizures, 0, 0)
    told = burst.send(endpoints, garbage)
    return Sent(seizures, told.by_topic.total(), told.expected["dead-lettered"])


def _wait(
    children: Sequence[Child], endpoints: Endpoints, deadline: float, phases: Phases
) -> Figures:
    """Wait until everything sent is landed, then until every aggregate is current."""
    with phases("ingest"):
        _until(lambda f: f.ingest_lag == 0, "ingest", children, endpoints, deadline)
    with phases("aggregates"):
        _until(
            lambda f: f.ingest_lag == 0 and f.aggregates_lag == 0,
            "aggregates", children, endpoints, deadline,
        )  # fmt: skip
    return read_patiently(endpoints)  # counts from after the lag was seen to be 0


def _until(
    done: Callable[[Figures], bool],
    what: str,
    children: Iterable[Child],
    endpoints: Endpoints,
    deadline: float,
) -> None:
    while True:
        for child in children:
            child.watch()
        seen = _read_or_reason(endpoints)
        if isinstance(seen, Figures) and done(seen):
            return
        if time.monotonic() > deadline:
            raise StopError(f"The time is over while waiting for {what}; last seen: {seen}")
        time.sleep(POLL)


def _read_or_reason(endpoints: Endpoints) -> Figures | RetryError:
    try:
        return read(endpoints)
    except RetryError as away:
        return away


def _require_complete(missing: set[str], sent: Sent, dead_lettered: int) -> None:
    if missing:
        some = ", ".join(sorted(missing)[:5])
        raise StopError(f"{len(missing)} published seizures did not land, such as {some}")
    if dead_lettered != sent.spoiled:
        raise StopError(
            f"{sent.spoiled} messages were spoiled on purpose, but {dead_lettered} dead letters "
            "were added. See: waterbed status --json"
        )


def summary(sent: Sent, figures: Figures, phases: Phases) -> dict[str, Any]:
    """Give what `--json` prints. sent: by this run; the rest is what the database holds."""
    return {
        "sent": len(sent.seizures) + sent.simulated,
        "landed": figures.landed,
        "dead_lettered": figures.dead_lettered,
        "unrouted": figures.unrouted,
        "aggregates_lag_seconds": figures.aggregates_lag_seconds,
        "published_seizures": len(sent.seizures),
        "phases": phases.seconds,
    }
