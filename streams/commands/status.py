"""`waterbed status`: how the pipeline is."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")] = False,
) -> None:
    """Say what waits in Kafka, what is in ClickHouse and how old the aggregates are.

    Exits 1 if a service is away, and says which; what the others know is shown all the same.

    Example: waterbed status --json
    """
    import orjson  # noqa: PLC0415 - slow to import
    from rich.console import Console  # noqa: PLC0415 - slow to import

    from streams.settings import endpoints  # noqa: PLC0415 - slow to import
    from streams.status import status as ask  # noqa: PLC0415 - slow to import
    from streams.status.show import show  # noqa: PLC0415 - slow to import

    found = ask(endpoints())
    if as_json:
        typer.echo(orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2))
    else:
        show(found, Console())
    if found.away:
        raise typer.Exit(1)
