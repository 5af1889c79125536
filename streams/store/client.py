"""Clients of ClickHouse: one place that says how we connect."""

from typing import Any, Final

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, Error

from streams.errors import RetryError
from streams.settings import Endpoints
from streams.waiting import patiently

#: Batches are whole and their insert is awaited: a row that is acknowledged is in the table.
SETTINGS: Final[dict[str, Any]] = {"async_insert": 0, "wait_end_of_query": 1}


def connect(endpoints: Endpoints, *, database: str | None = None, seconds: float = 120) -> Client:
    """Connect to the pipeline's database, or the named one. Raises RetryError if it is away.

    seconds: longest that one query or insert may take.
    """
    try:
        return clickhouse_connect.get_client(
            dsn=endpoints.clickhouse,
            database=endpoints.database if database is None else database,
            compress=False,  # loopback or a fast network: the time goes into parsing
            autogenerate_session_id=False,  # a session allows one query at a time
            send_receive_timeout=seconds,
            connect_timeout=5,
            settings=SETTINGS,
        )
    except (Error, OSError) as error:
        raise RetryError(
            f"ClickHouse at {endpoints.clickhouse} does not answer. Start it (waterbed local up), "
            f"correct WATERBED_CLICKHOUSE, or make the tables (waterbed store migrate): {error}"
        ) from error


def wait_ready(endpoints: Endpoints, *, database: str | None = None, seconds: float = 60) -> Client:
    """Connect, waiting as long as `seconds` for ClickHouse to come; then raises RetryError."""
    return patiently(lambda: connect(endpoints, database=database), seconds)


__all__ = ["Client", "DatabaseError", "connect", "wait_ready"]
