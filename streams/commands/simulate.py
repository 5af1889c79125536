"""`waterbed simulate`: synthetic traffic with known truth."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from streams.simulate.sent import Sent


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    *,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, start and rate: same events.")] = 7,
    rate: Annotated[float, typer.Option(min=0.001, help="Events a second.")] = 200.0,
    duration: Annotated[
        float | None, typer.Option(min=0, help="Seconds; left out: until Ctrl-C.")
    ] = None,
    faults: Annotated[
        float, typer.Option(min=0, max=1, help="Share of events with a partner fault.")
    ] = 0.0,
    hits: Annotated[float, typer.Option(min=0, help="Factor on the rates of finds.")] = 1.0,
    truth: Annotated[
        Path | None, typer.Option(help="File for what was injected, JSON lines.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Time of the first event, ISO 8601, UTC; left out: now.")
    ] = None,
    as_fast_as_possible: Annotated[
        bool, typer.Option("--as-fast-as-possible", help="Keep event times, but do not wait.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")] = False,
) -> None:
    """Send synthetic traffic: itineraries, scans, camera events, rare seizures.

    Example: `waterbed simulate --rate 200 --duration 60 --faults 0.01 --truth truth.jsonl`.
    All events are marked SYNTHETIC. Ctrl-C ends it cleanly, with the summary of what was sent.
    """
    import orjson  # noqa: PLC0415  # keeps `--help` quick

    from streams.errors import WaterbedError  # noqa: PLC0415  # as above
    from streams.simulate.events import events  # noqa: PLC0415  # as above

    started = _milliseconds(start)
    stream = events(seed, rate, started, duration, faults, hits=hits)
    total = None if duration is None else round(rate * duration)
    try:
        summary = _run(stream, started, total, truth, paced=not as_fast_as_possible)
    except WaterbedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    told = {"seed": seed, "rate": rate, "start": _text(started), **summary}
    option = orjson.OPT_INDENT_2
    typer.echo(orjson.dumps(told, option=option) if as_json else _shown(told))


def _run(
    stream: "Iterator[Sent]",
    started: int,
    total: int | None,
    truth: Path | None,
    *,
    paced: bool,
) -> dict[str, Any]:
    import time  # noqa: PLC0415  # keeps `--help` quick

    from streams.contracts.registry import Registry, subject_of  # noqa: PLC0415  # as above
    from streams.partners.producer import Producer  # noqa: PLC0415  # as above
    from streams.settings import endpoints  # noqa: PLC0415  # as above
    from streams.simulate.send import Pace, send_all  # noqa: PLC0415  # as above
    from streams.simulate.stopping import Stopping  # noqa: PLC0415  # as above

    where = endpoints()
    registry = Registry(where.registry)
    with ExitStack() as stack:
        stopping = stack.enter_context(Stopping())
        progress = stack.enter_context(_progress())
        file = stack.enter_context(truth.open("wb")) if truth else None
        producer = stack.enter_context(Producer(where, client_id="waterbed-simulate"))
        if paced:
            stream = Pace(time.monotonic, stopping.wait).hold(stream, started)
        summary = send_all(
            progress.track(stream, total=total, description="Simulating"),
            producer,
            lambda topic: registry.id_of(subject_of(topic)),
            truth=file,
            stop=stopping.asked,
        )
        producer.flush()
    return summary.as_json()


def _progress() -> "Progress":
    from rich.console import Console  # noqa: PLC0415  # keeps `--help` quick
    from rich.progress import (  # noqa: PLC0415  # as above
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _milliseconds(start: str | None) -> int:
    if start is None:
        return int(datetime.now(UTC).timestamp()) * 1000
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise typer.BadParameter(f"{start!r} is not a time; write 2026-01-31T12:00:00Z") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _text(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def _shown(told: dict[str, Any]) -> str:
    head = f"Sent {told['sent']} events in {told['seconds']:.1f} s (start {told['start']})"
    counts = {**told["by_topic"], **{f"fault {k}": n for k, n in told["faults"].items()}}
    return "\n".join([head, *(f"  {name:<34} {n}" for name, n in counts.items())])
