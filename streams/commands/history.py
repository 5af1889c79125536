"""`waterbed load-history`: published seizures as seizure reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.simulate.history.report import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load-history")(load_history)


def load_history(
    file: Annotated[
        Path | None, typer.Argument(help="CSV of seizures; left out: the published ones.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Read and report, but send nothing.")] = False,
) -> None:
    """Send published seizures as seizure reports; loading twice changes nothing.

    Example: `waterbed load-history --dry-run`. Rows that cannot be used are listed with the
    reason. Exit status 1 when the file cannot be read or a service is away.
    """
    import orjson  # noqa: PLC0415  # keeps `--help` quick

    from streams.errors import WaterbedError  # noqa: PLC0415  # as above

    try:
        report = _load(file, dry_run=dry_run)
    except WaterbedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2))
    else:
        _show(report)


def _load(file: Path | None, *, dry_run: bool) -> "Report":
    from rich.console import Console  # noqa: PLC0415  # keeps `--help` quick
    from rich.progress import Progress  # noqa: PLC0415  # as above

    from streams.settings import endpoints  # noqa: PLC0415  # as above
    from streams.simulate.history import load, report, rows  # noqa: PLC0415  # as above

    path = file or rows.PUBLISHED
    prepared = load.prepare_history(path)
    if not dry_run:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Sending seizures", total=len(prepared.events))
            load.send(prepared.events, endpoints(), lambda: progress.advance(task))
    return report.report(path.name, prepared.events, prepared.unusable, dry_run=dry_run)


def _show(report: "Report") -> None:
    from rich.console import Console  # noqa: PLC0415  # keeps `--help` quick
    from rich.table import Table  # noqa: PLC0415  # as above

    console = Console()
    verb = "would be sent" if report.dry_run else "sent"
    usable = report.by_topic.total()
    console.print(f"{report.source}: {usable} of {report.rows} rows {verb}, {report.kilos:,.1f} kg")
    topics = Table("topic", "events")
    for topic, count in sorted(report.by_topic.items()):
        topics.add_row(topic, str(count))
    console.print(topics)
    if report.unusable:
        unusable = Table("row", "id", "not used because", title="Rows not used")
        for row in report.unusable:
            unusable.add_row(str(row.row), row.id, row.reason)
        console.print(unusable)
    for place, count in sorted(report.unknown_places.items()):
        console.print(f"Place {place} is not in the table ({count} times); kept as it is.")
    for one, other in report.suspected_duplicates:
        console.print(f"{one} and {other} may be one seizure told twice; both kept.")
