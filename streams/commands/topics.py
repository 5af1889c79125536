"""`waterbed topics`: make the broker's topics equal to `infra/topics.yaml`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

if TYPE_CHECKING:
    from streams.contracts.topics import Change

group = typer.Typer(help="Kafka topics from one declarative file.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="topics")


@group.command("apply")
def apply(
    *,
    dry_run: Annotated[bool, typer.Option(help="Only show what differs.")] = False,
    json: Json = False,
) -> None:
    """Create and change topics until the broker is as declared; says first what differs.

    Safe to repeat. Partitions are only ever raised; topics that are not declared stay.

    Example: waterbed topics apply --dry-run
    """
    from streams.contracts.topics import Topics, declared  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    topics = Topics(endpoints().kafka)
    if dry_run:
        changes = topics.diff(declared())
        _show(changes)
    else:
        changes = topics.apply(declared(), _show)
    if json:
        typer.echo(orjson.dumps([asdict(change) for change in changes]))
    else:
        done = "would change" if dry_run else "changed"
        typer.echo(f"{len(changes)} {done}" if changes else "All topics are as declared.")


def _show(changes: "list[Change]") -> None:
    """Say on stderr what will change, before it does."""
    for change in changes:
        was = "new" if change.was is None else change.was
        typer.echo(f"{change.topic}: {change.what} {was} -> {change.becomes}", err=True)


@group.command("list")
def list_topics(*, json: Json = False) -> None:
    """List the declared topics.

    Example: waterbed topics list --json
    """
    from streams.contracts.topics import declared  # noqa: PLC0415 - slow to import

    topics = declared()
    if json:
        typer.echo(orjson.dumps([asdict(topic) for topic in topics]))
        return
    for topic in topics:
        typer.echo(f"{topic.name:40} {topic.partitions} partitions")
