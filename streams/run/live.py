"""The endless run: everything on, until a person stops it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from streams.errors import RetryError
from streams.run import history, viewer
from streams.run.children import Child, stop_all
from streams.run.figures import Figures, read
from streams.run.phases import Phases
from streams.run.services import services
from streams.settings import Endpoints

POLL: Final = 0.5
#: Seconds between two looks at the figures: counting costs the database a little.
LOOK: Final = 10.0
#: Seconds between two lines where there is no terminal to draw one in place.
LINE: Final = 60.0


@dataclass(frozen=True)
class Live:
    """What a person may choose. rate: simulated events a second, 0 for none."""

    home: Path
    port: int
    rate: float


def run(live: Live, lock: int, console: Console) -> None:
    """Run until KeyboardInterrupt, which this lets through once everything has stopped."""
    phases = Phases()
    with services(live.home, lock, phases) as endpoints:
        children = [Child(arguments, live.home, console.print) for arguments in commands(live)]
        try:
            _start(children, endpoints, live, phases, console)
            _attend(children, endpoints, console)
        finally:
            console.print("Stopping; the data is kept for the next start.")
            stop_all(children)


def commands(live: Live) -> list[list[str]]:
    """Give the commands to keep running, in the order in which they stop."""
    simulate = [["simulate", "--rate", f"{live.rate:g}", "--seed", str(time.time_ns() % 2**31)]]
    view = ["view", "--port", str(live.port)]
    return [*(simulate if live.rate else []), view, ["ingest"], ["analyse"]]


def _start(
    children: Sequence[Child], endpoints: Endpoints, live: Live, phases: Phases, console: Console
) -> None:
    with phases("load"):
        history.load(endpoints, console)
    for child in children:
        child.start()
    url = viewer.address(live.port)
    with phases("dashboards"):
        up = viewer.wait_until_up(url, lambda: _watch(children))
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in phases.seconds.items())
    console.print(f"Started ({took}). Logs: {Path(live.home).resolve() / 'logs'}")
    state = "[bold green]Open[/]" if up else "[bold red]The dashboards do not answer yet:[/]"
    console.print(f"\n  {state}  [bold]{url}[/]   (Ctrl-C stops everything)\n")


def _attend(children: Sequence[Child], endpoints: Endpoints, console: Console) -> None:
    """Keep the children running and show how far they are, for ever."""
    next_look, next_line = 0.0, 0.0
    with console.status("Waiting for the first figures") as shown:
        while True:
            _watch(children)
            if time.monotonic() >= next_look:
                text = _told(endpoints)
                shown.update(text)
                if not console.is_terminal and time.monotonic() >= next_line:
                    console.print(text)
                    next_line = time.monotonic() + LINE
                next_look = time.monotonic() + LOOK
            time.sleep(POLL)


def _watch(children: Sequence[Child]) -> None:
    for child in children:
        child.watch()


def _told(endpoints: Endpoints) -> str:
    try:
        return line(read(endpoints))
    except RetryError as away:
        return f"No figures: {away}"


def line(figures: Figures) -> str:
    """Tell the figures in one line."""
    return (
        f"{figures.landed:,} events landed, {figures.dead_lettered:,} dead letters; ingest is "
        f"{figures.ingest_lag:,} events behind, aggregates {figures.aggregates_lag_seconds:.1f} s"
    )
