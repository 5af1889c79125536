"""`waterbed bench`: measure ingest and latency on this machine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

if TYPE_CHECKING:
    from streams.settings import Endpoints

group = typer.Typer(help="Measure throughput and latency.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Use this stack's folder and keep it; else a new one.")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="bench")


@group.command("ingest")
def ingest(
    *,
    events: Annotated[int, typer.Option(min=1, help="Scan verdicts in the topic.")] = 2_000_000,
    itineraries: Annotated[int, typer.Option(min=0, help="Itineraries known.")] = 1_000_000,
    repeat: Annotated[int, typer.Option(min=1, help="Runs; the median is given.")] = 1,
    peer: Annotated[
        str | None,
        typer.Option(help="Also measure a peer: faust, quixstreams, bytewax; or all of them."),
    ] = None,
    peer_events: Annotated[int, typer.Option(min=20_000, help="Events for the peer.")] = 100_000,
    home: HomeOption = None,
    json: Json = False,
) -> None:
    """Measure ingest: events a second from the first message taken to the last commit.

    Example: waterbed bench ingest --events 2000000 --peer faust --json
    """
    from streams.bench.ingest import run  # noqa: PLC0415 - slow to import

    with _stack(home) as (endpoints, folder):
        result = run(
            endpoints, folder, events, itineraries,
            repeat=repeat, peer=peer, peer_events=peer_events,
        )  # fmt: skip
    _show(asdict(result), json=json)


@group.command("latency")
def latency(
    *,
    rate: Annotated[int, typer.Option(min=1, help="Events a second.")] = 5_000,
    seconds: Annotated[int, typer.Option(min=5, help="How long.")] = 60,
    home: HomeOption = None,
    json: Json = False,
) -> None:
    """Measure seconds from produce to row visible, and to aggregate current.

    Example: waterbed bench latency --rate 5000 --json
    """
    from streams.bench.latency import run  # noqa: PLC0415 - slow to import

    with _stack(home) as (endpoints, folder):
        result = run(endpoints, folder, rate, seconds)
    _show(asdict(result), json=json)


@contextmanager
def _stack(home: Path | None) -> "Iterator[tuple[Endpoints, Path]]":
    """Have a stack: the one at `home`, kept, or one of its own that is gone afterwards."""
    from streams.local import stack  # noqa: PLC0415 - slow to import

    with tempfile.TemporaryDirectory(prefix="waterbed-bench-") as made:
        folder = home or Path(made)
        try:
            yield stack.up(folder), folder
        finally:
            if home is None:
                stack.down(folder)


def _show(result: dict[str, object], *, json: bool) -> None:
    if json:
        typer.echo(orjson.dumps(result))
        return
    for name, value in result.items():
        typer.echo(f"{name:24} {value}")
