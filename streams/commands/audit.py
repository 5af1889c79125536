"""`waterbed audit`: proof of nothing lost."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.audit import Report
    from streams.settings import Endpoints


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")] = False,
) -> None:
    """Show that every offset ingest committed is a row, an older copy of one or a dead letter.

    Reads back what Kafka still holds. Exits 1 if anything is missing or unexpected and prints the
    first offenders. Ingest may run meanwhile.

    Example: waterbed audit --json
    """
    import orjson  # noqa: PLC0415 - slow to import

    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    report = _run(endpoints())
    if as_json:
        typer.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2))
    else:
        _show(report)
    if not report.clean:
        raise typer.Exit(1)


def _run(where: "Endpoints") -> "Report":
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import Progress  # noqa: PLC0415 - slow to import

    from streams.audit import audit as run  # noqa: PLC0415 - slow to import

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks = {what: bars.add_task(what, total=None) for what in ("reading", "comparing")}
        return run(where, lambda what, done, of: bars.update(tasks[what], completed=done, total=of))


def _show(report: "Report") -> None:
    typer.echo(
        f"{report.offsets_checked:,} offsets checked in {report.seconds:.1f} s: "
        f"{report.missing:,} missing, {report.unexpected:,} unexpected; "
        f"{report.rows_checked:,} rows, {report.dead_letters:,} dead letters"
    )
    for reason, count in report.counts.items():
        typer.echo(f"{reason}: {count:,}. {reason.meaning}")
    for one in report.offenders:
        typer.echo(f"  {one.topic} {one.partition} {one.offset} {one.reason}")
