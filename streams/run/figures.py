"""How far a run is: read from Kafka and ClickHouse, never from what children say."""

from typing import Final, NamedTuple

from clickhouse_connect.driver.exceptions import Error
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from streams.errors import RetryError
from streams.names import DEAD_LETTERS, INGEST_GROUP, TABLES, Kind
from streams.settings import Endpoints
from streams.status import Status, status
from streams.store.client import connect


class Figures(NamedTuple):
    """Counts at one moment. landed: events in their tables, each once.

    unrouted: of these, events of containers whose itinerary is not known. ingest_lag: messages
    that ingest has not committed. aggregates_lag: touched windows not yet computed.
    """

    landed: int
    dead_lettered: int
    unrouted: int
    ingest_lag: int
    aggregates_lag: int
    aggregates_lag_seconds: float


def read(endpoints: Endpoints) -> Figures:
    """Read the figures. Raises RetryError when a service does not answer.

    The services are asked at the same time, so counts may be older than a lag of 0: who needs
    them whole reads once more.
    """
    return figures(status(endpoints))


def figures(seen: Status) -> Figures:
    """Sum up a status. Raises RetryError when it has gaps."""
    tables, partitions, behind = seen.tables, seen.partitions, seen.aggregates
    if tables is None or partitions is None or behind is None:
        raise RetryError("; ".join(f"{name} is away: {why}" for name, why in seen.away.items()))
    return Figures(
        landed=sum(tables.rows[table] for table in TABLES.values()),
        dead_lettered=tables.rows[DEAD_LETTERS],
        unrouted=tables.unrouted,
        ingest_lag=sum(p.records for p in partitions if p.position.group == INGEST_GROUP),
        aggregates_lag=behind.lag_records,
        aggregates_lag_seconds=behind.lag_seconds,
    )


#: `read` on a stack that just started, whose group coordinator may still be loading.
read_patiently: Final = retry(
    retry=retry_if_exception_type(RetryError),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(60),
    reraise=True,
)(read)


def landed_seizures(endpoints: Endpoints) -> set[str]:
    """Give the ids of all seizure reports that are in their table."""
    table = TABLES[Kind.SEIZURE_REPORT]
    try:
        with connect(endpoints) as client:
            rows = client.query(f"SELECT DISTINCT event_id FROM {table} FINAL").result_rows
    except (Error, OSError) as error:
        raise RetryError(f"ClickHouse at {endpoints.clickhouse} failed: {error}") from error
    return {str(row[0]) for row in rows}
