"""`waterbed ingest`: run one ingest worker."""

import logging
import os
import signal
from dataclasses import asdict
from typing import Annotated

import orjson
import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest)


def ingest(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print totals as JSON at the end.")] = False,
) -> None:
    """Run an ingest worker: events from Kafka, checked and routed, into ClickHouse.

    Several can run at once, here or elsewhere; Kafka shares the partitions among them. Ctrl-C ends
    it after the batch in hand, and the next one goes on from there.

    Example: waterbed ingest
    """
    # polars panics inwardly at some broken bodies; the body is set apart, its stack trace is noise
    os.environ["RUST_BACKTRACE"] = "0"
    from streams.ingest.settings import IngestSettings  # noqa: PLC0415 - slow to import
    from streams.ingest.worker import Worker  # noqa: PLC0415 - slow to import
    from streams.settings import endpoints  # noqa: PLC0415 - slow to import

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the registry client logs each request
    worker = Worker(endpoints(), IngestSettings())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    totals = worker.run()
    if json:
        typer.echo(orjson.dumps(asdict(totals)))
    else:
        typer.echo(
            f"{totals.messages:,} messages, {totals.rows:,} rows, "
            f"{totals.dead_letters:,} dead letters, {totals.rerouted:,} late routes"
        )
