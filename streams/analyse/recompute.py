"""Computes touched windows anew inside ClickHouse and reads the sums that changed.

Both statements are safe to repeat: they write and read absolute values.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Final, NamedTuple

from clickhouse_connect.driver.client import Client

from streams.analyse.windows import Window, day
from streams.names import Kind

SQL: Final = Path(__file__).parent / "sql"


class Sum(NamedTuple):
    """Absolute sums of one corridor at one place on one day; the columns of sums.sql in order."""

    day: date
    date_precision: str
    origin: str
    destination: str
    interception_place: str
    direction: str
    provenance: str
    corridor: str
    country_corridor: str
    scans: int
    suspects: int
    inconclusive: int
    camera_events: int
    seizures: int
    kilos: Decimal
    revision: int


def recompute(client: Client, portion: Sequence[Window]) -> None:
    """Write the aggregates of windows of one kind, as many as `windows.portions` allows."""
    client.command(recompute_statement(portion[0].kind), parameters=parameters(portion))


def sums(client: Client, portion: Sequence[Window]) -> list[Sum]:
    """Read the daily sums that the windows belong to, emptied ones included."""
    days = sorted({day(window) for window in portion})
    result = client.query(
        (SQL / "sums.sql").read_text(), parameters=parameters(portion) | {"days": days}
    )
    return [Sum(*row) for row in result.result_rows]


@cache
def recompute_statement(kind: Kind) -> str:
    """Give the statement of a kind; its parameters are those of `parameters`."""
    events = (SQL / f"{kind}.sql").read_text().strip()
    return Template((SQL / "recompute.sql").read_text()).substitute(kind=kind, events=events)


def parameters(portion: Sequence[Window]) -> dict[str, Any]:
    """Give the windows as arrays, which the driver quotes into the statement's text.

    As parameters of the address they would pass the length that servers take.
    """
    return {
        "starts": [window.start for window in portion],
        "sites": [window.site for window in portion],
        "kinds": [str(window.kind) for window in portion],
        "revisions": [window.revision for window in portion],
    }
