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
    """List the subjects, the schema each carries, and its id if it is registered.

    Example: waterbed schemas list --json
    """
    from streams.contracts.registry import Registry, subjects  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    registry = Registry(endpoints().registry)
    found = {subject: registry.find(subject) for subject in subjects()}
    if json:
        rows = [
            {"subject": subject, "schema": name, "schema_id": at.schema_id if at else None}
            for (subject, name), at in zip(subjects().items(), found.values(), strict=True)
        ]
        typer.echo(orjson.dumps(rows))
        return
    for subject, name in subjects().items():
        at = found[subject]
        typer.echo(f"{subject:38} {name:20} {at.schema_id if at else 'not registered'}")


@group.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A changed schema, .avsc; left out: ours.", exists=True)
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Subject it would be registered for; left out: all.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Ask whether schemas would be accepted, without registering any; exit 1 if one is not.

    A file is tried for the subjects of the schema of its name, or the one given.
    Example: waterbed schemas check schemas/scan-verdict.avsc
    """
    from streams.contracts import schema  # noqa: PLC0415 - slow to import
    from streams.contracts.registry import Registry, subjects  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    wanted = {s: n for s, n in subjects().items() if subject in {None, s}}
    if file and not subject:
        wanted = {s: n for s, n in wanted.items() if n == file.stem}
    if not wanted:
        raise typer.BadParameter("no such subject; see: waterbed schemas list")
    registry = Registry(endpoints().registry)
    texts = {s: file.read_text("utf-8") if file else schema.text(n) for s, n in wanted.items()}
    fits = {s: registry.check(s, text) for s, text in texts.items()}
    if json:
        typer.echo(orjson.dumps(fits))
    for one, fit in {} if json else fits.items():
        typer.echo(f"{one:38} {'compatible' if fit else 'breaks older versions'}")
    if not all(fits.values()):
        raise typer.Exit(1)
