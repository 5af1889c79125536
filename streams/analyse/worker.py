"""Runs the app as a plain blocking command."""

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import faust

from streams.analyse.app import build
from streams.settings import Endpoints


def run(endpoints: Endpoints) -> NoReturn:
    """Run until SIGTERM or Ctrl-C, then raise SystemExit(0); SystemExit(1) after a fatal error.

    Takes over the process: signal handlers and the event loop. Nothing is kept on disk.
    """
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
