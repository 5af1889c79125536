"""Late routes: events that came before their itinerary get it when it arrives."""

import logging
from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error

from streams.contracts.containers import examine
from streams.contracts.flags import Flag
from streams.errors import RetryError
from streams.ingest.route import Sites, directions, encoded, route
from streams.ingest.rows import Rows, versions, way, windows
from streams.names import TABLES, Kind
from streams.routes.itineraries import Itineraries
from streams.store.client import Client

_log: Final = logging.getLogger(__name__)

#: Containers asked for at once.
_CHUNK: Final = 5_000

#: Seizures keep the corridor that their report states; those that state none follow the itinerary.
_TABLES: Final = {
    Kind.SCAN_VERDICT: "1",
    Kind.CAMERA_EVENT: "1",
    Kind.SEIZURE_REPORT: "route_basis != 'REPORT'",
}

_WAITING: Final = """
SELECT * FROM {table} FINAL
WHERE container_number IN {{containers:Array(String)}} AND {condition}
  AND minute >= now() - INTERVAL 400 DAY
"""


def reroute(client: Client, itineraries: Itineraries, containers: Iterable[str]) -> Rows:
    """Rows of events of these containers whose itinerary is older than the one now known.

    They replace the rows landed before, by a higher version. The windows are those of all events
    of these containers: what has its route already may have got it from a worker that died before
    it could tell. Raises RetryError if ClickHouse is away. Safe to repeat.
    """
    rows = Rows()
    wanted = sorted(set(containers))
    for at in range(0, len(wanted), _CHUNK):
        for kind, condition in _TABLES.items():
            waiting = _waiting(client, kind, condition, wanted[at : at + _CHUNK])
            if waiting.num_rows:
                rows.add(_rerouted(kind, waiting, itineraries))
    return rows


def _waiting(client: Client, kind: Kind, condition: str, containers: list[str]) -> pa.Table:
    sql = _WAITING.format(table=TABLES[kind], condition=condition)
    try:
        return client.query_arrow(sql, {"containers": containers})
    except (Error, OSError) as error:
        raise RetryError(f"ClickHouse: {error}") from error


def _rerouted(kind: Kind, landed: pa.Table, itineraries: Itineraries) -> Rows:
    events = pl.DataFrame(landed)
    _, keys = examine(events["container_number"].cast(pl.String))
    before = _ms(events["itinerary_recorded_at"])
    newer = itineraries.find(keys).recorded_at > before
    # ClickHouse gives a DateTime as plain seconds in Arrow.
    starts = events["minute"].to_numpy().astype(np.int64) * 1000
    touched = windows(kind, starts, _sites(events))
    if not newer.any():
        return Rows(windows=touched)
    landed = landed.filter(pa.array(newer))
    events, keys = events.filter(pl.Series(newer)), keys[newer]
    where = _sites(events)
    routed = route(itineraries, keys, where, _ms(events["occurred_at"]))
    kept_flags = events["flags"].to_numpy() & ~np.uint32(Flag.OFF_ROUTE)
    tie = events["version"].to_numpy().astype(np.uint64) & np.uint64(0x3FFFFF)
    new = way(routed) | {
        "version": pa.array(versions(routed.found.recorded_at, tie.astype(np.uint32))),
        "itinerary_recorded_at": pa.array(routed.found.recorded_at, pa.timestamp("ms", "UTC")),
        "flags": pa.array(kept_flags | routed.flags),
    }
    if kind is Kind.CAMERA_EVENT:
        new["direction"] = directions(where, routed.columns)
    if kind is Kind.SEIZURE_REPORT:
        new["route_basis"] = pa.array(np.where(routed.found.route >= 0, "ITINERARY", "NONE"))
    for name, column in new.items():
        if name in landed.column_names:
            landed = landed.set_column(landed.column_names.index(name), name, column)
    return Rows([(TABLES[kind], landed)], touched)


def _sites(events: pl.DataFrame) -> Sites:
    site = encoded(events["site"].cast(pl.String))
    names = site.dictionary.to_pylist()
    return Sites(np.asarray(site.indices), names, [name.partition("/")[0] for name in names])


def _ms(column: pl.Series) -> np.ndarray:
    return column.dt.epoch("ms").to_numpy()
