"""Runs the app as a plain blocking command."""

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import faust
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from tenacity import before_sleep_log, retry, retry_if_exception_type, wait_exponential

from streams.analyse.app import build
from streams.settings import Endpoints

log = logging.getLogger(__name__)


@retry(
    retry=retry_if_exception_type(KafkaException),
    wait=wait_exponential(multiplier=0.5, max=10),
    before_sleep=before_sleep_log(log, logging.WARNING),
)
def wait_for_kafka(endpoints: Endpoints) -> None:
    """Return once the broker answers: Faust gives up at once if it does not."""
    AdminClient({"bootstrap.servers": endpoints.kafka}).list_topics(timeout=5)


def run(endpoints: Endpoints) -> NoReturn:
    """Run until SIGTERM or Ctrl-C, then raise SystemExit(0); SystemExit(1) after a fatal error.

    Takes over the process: signal handlers and the event loop. Nothing is kept on disk.
    """
    wait_for_kafka(endpoints)
    with TemporaryDirectory(prefix="waterbed-analyse-") as datadir:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        app = build(endpoints, Path(datadir))
        worker = faust.Worker(
            app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False,
            loglevel=logging.INFO,
        )  # fmt: skip
        worker.spinner = None
        worker.execute_from_commandline()
    raise AssertionError("execute_from_commandline raises SystemExit")
