"""`waterbed view`: the dashboards in a browser."""

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(view)


def view(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = 8050,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as JSON.")] = False,
) -> None:
    """Serve the dashboards on this machine, without the internet, until Ctrl-C.

    Example: `waterbed view --port 8050`
    """
    from streams.errors import StopError  # noqa: PLC0415  # keeps `waterbed --help` quick
    from streams.settings import endpoints  # noqa: PLC0415  # as above
    from streams.viewer import app as viewer  # noqa: PLC0415  # as above

    try:
        found = endpoints()
        free = viewer.free_port(port)
    except StopError as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from trouble
    address = viewer.address(free)
    typer.echo(json.dumps({"address": address}) if as_json else f"Dashboards: {address}")
    viewer.serve(found, free)
