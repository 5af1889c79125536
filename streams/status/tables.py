"""What ClickHouse holds, each event counted once."""

import time
from dataclasses import dataclass
from typing import Any, Final

from clickhouse_connect.driver.exceptions import Error

from streams.errors import RetryError
from streams.names import CAMERA_IMAGES, CORRIDOR_ACTIVITY, DEAD_LETTERS, TABLES, Kind
from streams.settings import Endpoints
from streams.store.client import Client, connect

#: Parts of different partitions never hold the same key, so FINAL need not compare them.
SETTINGS: Final[dict[str, Any]] = {"do_not_merge_across_partitions_select_final": 1}

_COUNTED: Final = (*TABLES.values(), CAMERA_IMAGES, DEAD_LETTERS, CORRIDOR_ACTIVITY)

#: Tables of events that an itinerary routes: those of a container without one are unrouted.
_ROUTED: Final = frozenset({TABLES[Kind.SCAN_VERDICT], TABLES[Kind.CAMERA_EVENT]})

_UNROUTED: Final = "countIf(container_number != '' AND itinerary_recorded_at = 0)"


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of each table as FINAL shows them, and what of them needs attention.

    aggregates_age_seconds: since an aggregate was last computed, None if none ever was.
    """

    rows: dict[str, int]
    dead_letters: dict[str, int]
    unrouted: int
    aggregates_age_seconds: float | None


def read(endpoints: Endpoints) -> Tables:
    """Count. Raises RetryError if ClickHouse is away or the tables are not there."""
    try:
        with connect(endpoints) as client:
            return _read(client)
    except (Error, OSError) as error:
        if isinstance(error, RetryError):
            raise
        raise RetryError(
            f"ClickHouse at {endpoints.clickhouse} could not count; if tables are missing, run "
            f"waterbed store migrate: {error}"
        ) from error


def _read(client: Client) -> Tables:
    counts = client.query(" UNION ALL ".join(map(_count, _COUNTED)), settings=SETTINGS)
    rows = {name: (int(count), int(unrouted)) for name, count, unrouted in counts.result_rows}
    letters = client.query(
        f"SELECT reason, count() FROM {DEAD_LETTERS} FINAL GROUP BY reason ORDER BY reason"
    )
    [(newest_ms,)] = client.query(
        f"SELECT toUnixTimestamp64Milli(max(computed_at)) FROM {CORRIDOR_ACTIVITY}"
    ).result_rows
    return Tables(
        {name: rows[name][0] for name in _COUNTED},
        {str(reason): int(count) for reason, count in letters.result_rows},
        sum(unrouted for _, unrouted in rows.values()),
        max(0.0, round(time.time() - newest_ms / 1000, 3)) if newest_ms else None,
    )


def _count(table: str) -> str:
    unrouted = _UNROUTED if table in _ROUTED else "toUInt64(0)"
    return f"SELECT '{table}' AS name, count() AS rows, {unrouted} AS unrouted FROM {table} FINAL"
