"""`waterbed schemas`: register, list and check the contracts."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

group = typer.Typer(help="The contracts in the schema registry.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="schemas")


@group.command("register")
def register_schemas(*, json: Json = False) -> None:
    """Register all schemas, each compatible with all its older versions. Safe to repeat.

    Example: waterbed schemas register
    """
    from streams.contracts.registry import Registry  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    done = Registry(endpoints().registry).register_all()
    if json:
        typer.echo(orjson.dumps([asdict(one) for one in done]))
        return
    table = Table("subject", "schema", "id", "version")
    for one in done:
        table.add_row(one.subject, one.schema, str(one.schema_id), str(one.version))
    Console().print(table)


@group.command("list")
def list_schemas(*, json: Json = False) -> None:
    """List the subjects and the schema each carries.

    Example: waterbed schemas list --json
    """
    from streams.contracts.registry import subjects  # noqa: PLC0415 - slow to import

    found = subjects()
    if json:
        typer.echo(orjson.dumps(found))
        return
    for subject, name in found.items():
        typer.echo(f"{subject:45} {name}")


@group.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A changed schema, .avsc.", exists=True)],
    subject: Annotated[str, typer.Option(help="Subject it would be registered for.")],
) -> None:
    """Say whether a changed schema would be accepted, and what is incompatible if not.

    Example: waterbed schemas check my.avsc --subject customs.br.scan-verdict.v1-value
    """
    from streams.contracts.registry import Registry  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    faults = Registry(endpoints().registry).check(subject, file.read_text("utf-8"))
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{file.name} is compatible with all versions of {subject}")
