"""`waterbed local`: the embedded stack on this machine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from streams.errors import WaterbedError
from streams.settings import Home

Result = TypeVar("Result")

group = typer.Typer(
    name="local",
    help="Run Kafka, schema registry and ClickHouse on this machine, on loopback only.",
    no_args_is_help=True,
)

HomeOption = Annotated[
    Path | None,
    typer.Option(help="Folder of the stack; WATERBED_HOME, else ./.waterbed.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65535, show_default="any free one")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(group)


@group.command()
def up(
    home: HomeOption = None,
    kafka_port: PortOption = None,
    registry_port: PortOption = None,
    clickhouse_port: PortOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start what is missing and wait until all is healthy. Safe to repeat.

    Example: `waterbed local up --home /tmp/demo --clickhouse-port 8123`
    """
    from streams.local import stack  # noqa: PLC0415  # keeps `waterbed --help` quick
    from streams.local.ports import Ports  # noqa: PLC0415  # as above

    asked = {
        "kafka_port": kafka_port,
        "registry_port": registry_port,
        "clickhouse_port": clickhouse_port,
    }
    given = {name: port for name, port in asked.items() if port is not None}
    found = _told(lambda: stack.up(_home(home), Ports(**given)))
    lines = [f"{name:11}{value}" for name, value in found.model_dump().items()]
    typer.echo(found.model_dump_json() if as_json else "\n".join(lines))


@group.command()
def down(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop the stack and keep its data.

    Example: `waterbed local down`
    """
    from streams.local import stack  # noqa: PLC0415  # keeps `waterbed --help` quick

    _told(lambda: stack.down(_home(home)))
    typer.echo(json.dumps({"state": "stopped"}) if as_json else "Stopped; the data is kept.")


@group.command()
def reset(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop the stack and delete its data.

    Example: `waterbed local reset --home /tmp/demo`
    """
    from streams.local import stack  # noqa: PLC0415  # keeps `waterbed --help` quick

    _told(lambda: stack.reset(_home(home)))
    typer.echo(json.dumps({"state": "deleted"}) if as_json else "Stopped; the data is deleted.")


@group.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show each part: running, stopped, killed or unhealthy. Exit code 1 unless all run.

    Example: `waterbed local status --json`
    """
    from streams.local import stack  # noqa: PLC0415  # keeps `waterbed --help` quick

    parts = _told(lambda: stack.status(_home(home)))
    if as_json:
        typer.echo(json.dumps([part.as_dict() for part in parts]))
    for part in [] if as_json else parts:
        typer.echo(f"{part.name:11}{part.state:10}{part.address}  {part.detail}".rstrip())
    raise typer.Exit(0 if stack.all_running(parts) else 1)


def _home(given: Path | None) -> Path:
    return given or Home().home


def _told(action: Callable[[], Result]) -> Result:
    """Run the action; an error that a person can act on becomes a message and exit code 1."""
    try:
        return action()
    except WaterbedError as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from trouble
