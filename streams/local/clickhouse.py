"""The ClickHouse engine behind its HTTP protocol, as one process of our own."""

import sys
from pathlib import Path
from typing import Final

from streams.local.http import check
from streams.local.layout import Layout
from streams.local.part import Launch, Service
from streams.local.ports import LOOPBACK
from streams.local.progress import Progress

NAME: Final = "clickhouse"
PROGRAM: Final = "streams.local.clickhouse_http"


def address(port: int) -> str:
    """Give the address of the HTTP interface."""
    return f"http://{LOOPBACK}:{port}"


def service(layout: Layout, port: int) -> Service:
    """Describe the HTTP front on this loopback port."""
    store = layout.data(NAME) / "store"

    def prepare(_: Progress) -> Launch:
        # The daemon runs in its data folder, where the package need not be importable.
        package = str(Path(__file__).parents[2])
        command = [sys.executable, "-m", PROGRAM, "--path", str(store), "--port", str(port)]
        return Launch(command, {"PYTHONPATH": package, "TZ": "UTC"})

    return Service(
        NAME, address(port), prepare, lambda: check(NAME, f"{address(port)}/?query=SELECT+1")
    )
