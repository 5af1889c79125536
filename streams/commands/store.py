"""`waterbed store`: migrations of the ClickHouse tables."""

from dataclasses import asdict
from typing import Annotated

import orjson
import typer

group = typer.Typer(help="ClickHouse tables.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="store")


@group.command("migrate")
def migrate(
    *,
    to: Annotated[
        int | None, typer.Option(help="Migration to go to; lower than now: back.")
    ] = None,
    json: Json = False,
) -> None:
    """Bring the tables to a migration, by default the newest. Going back drops tables.

    Example: waterbed store migrate
    """
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import
    from streams.store.migrate import migrate as run  # noqa: PLC0415 - slow to import

    done = run(endpoints(), to)
    if json:
        typer.echo(orjson.dumps([asdict(state) for state in done]))
        return
    for state in done:
        typer.echo(f"{state.number:04} {state.name} {'applied' if state.applied else 'taken back'}")
    if not done:
        typer.echo("Nothing to do.")


@group.command("status")
def status(*, json: Json = False) -> None:
    """Say which migrations are applied; exit 1 if any is not.

    Example: waterbed store status --json
    """
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import
    from streams.store.migrate import status as ask  # noqa: PLC0415 - slow to import

    states = ask(endpoints())
    if json:
        typer.echo(orjson.dumps([asdict(state) for state in states]))
    else:
        for state in states:
            typer.echo(f"{state.number:04} {state.name:25} {'yes' if state.applied else 'no'}")
    if not all(state.applied for state in states):
        raise typer.Exit(1)
