"""`waterbed analyse`: keeps the aggregates up to date."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(analyse)


def analyse() -> None:
    """Compute the aggregates of touched windows until stopped. Example: `waterbed analyse`.

    Several may run: they share the windows out among themselves, and one that is killed is
    replaced after ten seconds. Ctrl-C or SIGTERM stops it with exit status 0; a message that
    ingest can't have written stops it with status 1. Logs go to stderr.
    """
    import logging  # noqa: PLC0415  # keeps `--help` quick

    from streams.analyse.worker import run  # noqa: PLC0415  # as above
    from streams.errors import StopError  # noqa: PLC0415  # as above
    from streams.settings import endpoints  # noqa: PLC0415  # as above

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    try:
        where = endpoints()
    except StopError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    run(where)
