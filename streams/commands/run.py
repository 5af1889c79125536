"""`waterbed run`: everything on this machine, with one command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    *,
    home: Annotated[
        Path | None, typer.Option(help="Folder of data and logs; WATERBED_HOME, else ./.waterbed.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of the dashboards; 8050 if free.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.001, help="Simulated events a second.")] = 50.0,
    simulation: Annotated[
        bool, typer.Option("--simulation/--no-simulation", help="Send simulated traffic.")
    ] = True,
    until_loaded: Annotated[
        bool, typer.Option("--until-loaded", help="Load, wait until all is counted, then stop.")
    ] = False,
    garbage: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.25,
            help="With --until-loaded: also send 3,000 simulated events, this share garbled.",
        ),
    ] = 0.0,
    timeout: Annotated[
        float, typer.Option(min=1, help="With --until-loaded: seconds before giving up.")
    ] = 600.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --until-loaded: JSON on stdout, nothing else.")
    ] = False,
) -> None:
    """Start the stack, load the published seizures, ingest, analyse, simulate and show it all.

    Example: `waterbed run --port 9000`. Ctrl-C or SIGTERM stops everything and keeps the data for
    the next start; a command that dies is started again. `waterbed run --until-loaded --json`
    needs no browser: exit status 0 once everything sent is landed and counted, else 1.
    """
    from streams.errors import WaterbedError  # noqa: PLC0415  # keeps `--help` quick
    from streams.run.console import Teller  # noqa: PLC0415  # as above
    from streams.run.lock import only_run  # noqa: PLC0415  # as above
    from streams.run.signals import interruptible  # noqa: PLC0415  # as above
    from streams.settings import Home  # noqa: PLC0415  # as above

    if not until_loaded and (garbage or as_json):
        raise typer.BadParameter("--garbage and --json go with --until-loaded")
    folder = (home or Home().home).expanduser().resolve()
    console = Teller()
    try:
        with interruptible(), only_run(folder, console.print) as lock:
            _clear(folder, console)
            if until_loaded:
                _until_loaded(folder, garbage, timeout, lock, console, as_json=as_json)
            else:
                _live(folder, port, rate if simulation else 0.0, lock, console)
    except WaterbedError as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from trouble
    except KeyboardInterrupt:
        console.print("Stopped.")
        raise typer.Exit(130 if until_loaded else 0) from None


def _clear(home: Path, console: "Console") -> None:
    from streams.run.children import sweep  # noqa: PLC0415  # keeps `--help` quick

    left = sweep(home)
    if left:
        console.print(f"Stopped what an earlier run had left running: {', '.join(left)}")


def _live(home: Path, port: int | None, rate: float, lock: int, console: "Console") -> None:
    from streams.run import live, viewer  # noqa: PLC0415  # keeps `--help` quick

    live.run(live.Live(home, viewer.choose_port(port), rate), lock, console)


def _until_loaded(
    home: Path, garbage: float, timeout: float, lock: int, console: "Console", *, as_json: bool
) -> None:
    import json  # noqa: PLC0415  # keeps `--help` quick

    from streams.run import loaded  # noqa: PLC0415  # as above

    told = loaded.run(loaded.Loaded(home, garbage, timeout), lock, console)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        typer.echo("\n".join(f"{name:24}{value}" for name, value in told.items()))
