"""Shapes the rows that step 5 lands: columns of the tables, tombstones, touched windows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import pyarrow as pa

from streams.contracts.containers import NO_KEY
from streams.contracts.flags import Flag
from streams.ingest.check import SITE
from streams.ingest.route import Routed, Sites, directions, encoded, route, sites
from streams.names import CAMERA_IMAGES, TABLES, Kind
from streams.routes.itineraries import Itineraries
from streams.routes.places import canonical, is_known

#: Versions count milliseconds from here.
VERSION_EPOCH_MS: Final = 1_420_070_400_000  # 2015-01-01

#: Low bits of a version, from the checksum of the message: of equal knowledge one wins for ever.
_TIE_BITS: Final = 22
_RETRACTED: Final = np.uint64(1 << 63)

_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 24 * 3600 * 1000

#: Camera images live exactly 672 hours from when they were taken.
IMAGE_MS: Final = 672 * 3600 * 1000

#: Length of a touched window.
WINDOW_MS: Final = {
    Kind.SCAN_VERDICT: _MINUTE_MS,
    Kind.CAMERA_EVENT: _MINUTE_MS,
    Kind.SEIZURE_REPORT: _DAY_MS,
}

Window = tuple[Kind, int, str]


@dataclass(slots=True)
class Rows:
    """What a batch lands: tables of each target, and the windows they touch (kind, ms, site)."""

    tables: list[tuple[str, pa.Table]] = field(default_factory=list)
    windows: set[Window] = field(default_factory=set)
    #: Containers of events that have no route yet.
    unrouted: list[pl.Series] = field(default_factory=list)

    def add(self, other: "Rows") -> None:
        """Take in the rows of another part of the batch."""
        self.tables += other.tables
        self.windows |= other.windows
        self.unrouted += other.unrouted


def versions(
    itinerary_recorded_at: npt.NDArray[np.int64], checksum: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint64]:
    """Order of knowledge of rows with one key: by itinerary (ms, 0 none), then by checksum."""
    since = np.maximum(itinerary_recorded_at - VERSION_EPOCH_MS, 1)  # any itinerary beats none
    known = np.where(itinerary_recorded_at > 0, since, 0)
    tie = checksum.astype(np.uint64) & np.uint64((1 << _TIE_BITS) - 1)
    return np.asarray((known.astype(np.uint64) << np.uint64(_TIE_BITS)) | tie)


def event_rows(
    kind: Kind,
    topic: str,
    events: pl.DataFrame,
    flags: npt.NDArray[np.uint32],
    keys: npt.NDArray[np.int64],
    itineraries: Itineraries,
) -> Rows:
    """Rows of checked events of one topic: the events, what they retract, camera images.

    events: the schema's columns, and partition, offset, received_at (ms), checksum; n rows.
    """
    rows = Rows()
    where = sites(*(events[column] for column in SITE[kind]))
    corrections = events["retracted_event_id"].is_not_null()
    if corrections.any():
        _retract(rows, kind, topic, events.filter(corrections))
        kept = ~events["withdrawal"]
        events, flags, keys = events.filter(kept), flags[kept.to_numpy()], keys[kept.to_numpy()]
        where = Sites(where.code[kept.to_numpy()], where.names, where.places)
    if not len(events):
        return rows
    routed = route(itineraries, keys, where, events["occurred_at"].to_numpy())
    start = window_starts(kind, events["occurred_at"].to_numpy())
    columns = _head(events, where, start, routed) | _SHAPES[kind](events, where, routed)
    columns |= _tail(topic, events, routed, flags | columns.pop("flags", 0))
    rows.tables.append((TABLES[kind], pa.table(columns)))
    rows.windows |= windows(kind, start, where)
    waits = (routed.found.recorded_at == 0) & (keys != NO_KEY)
    if waits.any():
        rows.unrouted.append(events["container_number"].filter(pl.Series(waits)))
    if kind is Kind.CAMERA_EVENT:
        _images(rows, events, where)
    return rows


def window_starts(kind: Kind, occurred_at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Start of each event's window in ms: the minute, or for seizures the UTC day."""
    return occurred_at - occurred_at % WINDOW_MS[kind]


def windows(kind: Kind, starts: npt.NDArray[np.int64], where: Sites) -> set[Window]:
    """Distinct windows of events."""
    first = int(starts.min())
    step = WINDOW_MS[kind]
    number = (starts - first) // step * len(where.names) + where.code
    return {
        (kind, first + int(n) // len(where.names) * step, where.names[int(n) % len(where.names)])
        for n in pl.Series(number).unique()
    }


def _retract(rows: Rows, kind: Kind, topic: str, corrections: pl.DataFrame) -> None:
    start = window_starts(kind, corrections["retracted_occurred_at"].to_numpy())
    named = encoded(corrections["retracted_site"])
    where = Sites(np.asarray(named.indices), named.dictionary.to_pylist(), [])
    n = len(corrections)
    tie = versions(np.zeros(n, np.int64), corrections["checksum"].to_numpy())
    columns = {
        "minute": _seconds(start),
        "site": named,
        "event_id": _text(corrections["retracted_event_id"]),
        "version": pa.array(tie | _RETRACTED),
        "retracted": pa.array(np.ones(n, np.uint8)),
        "occurred_at": _time(corrections["retracted_occurred_at"].to_numpy()),
        "recorded_at": _time(corrections["recorded_at"].to_numpy()),
        "received_at": _time(corrections["received_at"].to_numpy()),
        "country": encoded(corrections["country"]),
        "provenance": corrections["provenance"].to_arrow(),
    } | _origin(topic, corrections)
    rows.tables.append((TABLES[kind], pa.table(columns)))
    rows.windows |= windows(kind, start, where)


def _head(
    events: pl.DataFrame, where: Sites, start: npt.NDArray[np.int64], routed: Routed
) -> dict[str, pa.Array]:
    return {
        "minute": _seconds(start),
        "site": where.column(),
        "event_id": _text(events["event_id"]),
        "version": pa.array(versions(routed.found.recorded_at, events["checksum"].to_numpy())),
        "retracted": pa.array(np.zeros(len(events), np.uint8)),
        "occurred_at": _time(events["occurred_at"].to_numpy()),
        "recorded_at": _time(events["recorded_at"].to_numpy()),
        "received_at": _time(events["received_at"].to_numpy()),
        "country": encoded(events["country"]),
        "provenance": events["provenance"].to_arrow(),
        "container_number": _text(events["container_number"]),
    }


def _tail(
    topic: str, events: pl.DataFrame, routed: Routed, flags: npt.NDArray[np.uint32]
) -> dict[str, pa.Array]:
    return {
        "itinerary_recorded_at": _time(routed.found.recorded_at),
        "flags": pa.array(flags | routed.flags),
    } | _origin(topic, events)


def _origin(topic: str, events: pl.DataFrame) -> dict[str, pa.Array]:
    return {
        "topic": _constant(topic, len(events)),
        "partition": pa.array(events["partition"].to_numpy()),
        "offset": pa.array(events["offset"].to_numpy()),
    }


def way(routed: Routed) -> dict[str, pa.Array]:
    """Columns of an event's way by its itinerary."""
    columns = routed.columns
    return {
        "origin": columns.origin,
        "transit": columns.transit,
        "destination": columns.destination,
        "mode": columns.mode,
        "leg": pa.array(columns.leg),
        "distance_nm": pa.array(columns.distance_nm),
        "route_nm": pa.array(columns.route_nm),
        "days_under_way": pa.array(routed.days_under_way),
    }


def _scan(events: pl.DataFrame, where: Sites, routed: Routed) -> dict[str, pa.Array]:
    del where
    phase = events["phase"].to_arrow()
    return way(routed) | {
        "verdict": events["verdict"].to_arrow(),
        "score": pa.array(events["score"].fill_null(float("nan")).to_numpy().astype(np.float32)),
        "algorithm": encoded(events["algorithm"]),
        "algorithm_version": encoded(events["algorithm_version"]),
        "phase": phase,
        "image_reference": _text(events["image_reference"]),
        "uff_reference": _text(events["uff_reference"]),
        "uff_version": encoded(events["uff_version"].fill_null("")),
        "direction": pa.DictionaryArray.from_arrays(
            phase.indices, pa.array([_BY_PHASE[p.as_py()] for p in phase.dictionary], pa.string())
        ),
    }


_BY_PHASE: Final = {
    "UNKNOWN": "UNKNOWN",
    "LOAD": "EXPORT",
    "DISCHARGE": "IMPORT",
    "TRANSIT": "TRANSIT",
}


def _camera(events: pl.DataFrame, where: Sites, routed: Routed) -> dict[str, pa.Array]:
    return way(routed) | {
        "camera_id": encoded(events["camera_id"]),
        "purpose": events["purpose"].to_arrow(),
        "camera_plan_year": pa.array(events["camera_plan_year"].to_numpy()),
        "observation": encoded(events["observation"]),
        "actor_role": events["actor_role"].to_arrow(),
        "direction": directions(where, routed.columns),
    }


def _images(rows: Rows, events: pl.DataFrame, where: Sites) -> None:
    """Image references, apart from their events, with the time they must be gone by."""
    has = (events["image_reference"].fill_null("") != "").to_numpy()
    received = events["received_at"].to_numpy()
    taken = events["image_captured_at"].fill_null(0).to_numpy()
    taken = np.where((taken > 0) & (taken <= received), taken, received)
    has &= taken + IMAGE_MS > received  # what came too late is never stored
    if not has.any():
        return
    some = events.filter(pl.Series(has))
    columns = {
        "event_id": _text(some["event_id"]),
        "site": Sites(where.code[has], where.names, where.places).column(),
        "camera_id": encoded(some["camera_id"]),
        "image_reference": _text(some["image_reference"]),
        "captured_at": _time(taken[has]),
        "retain_until": _seconds(taken[has] + IMAGE_MS),
    }
    rows.tables.append((CAMERA_IMAGES, pa.table(columns)))


def _seizure(events: pl.DataFrame, where: Sites, routed: Routed) -> dict[str, pa.Array]:
    del where
    ways = _seizure_ways(events, routed)
    kg = events["quantity_kg"].fill_null(float("nan"))
    known = kg.is_between(0, 50_000, closed="right")
    plain = {
        name: _text(events[name])
        for name in (
            "interception_place", "interception_terminal", "vessel", "commodity", "hs_code",
            "hs_edition", "unit", "concealment", "cover_load", "national_reference",
            "source_title", "source_url", "source_published", "notes",
        )
    }  # fmt: skip
    chosen = {n: events[n].to_arrow() for n in ("date_precision", "status", "transport_mode")}
    weights = [sum(c["weight"] for c in cs) for cs in events["destination_candidates"].to_list()]
    return (
        plain
        | chosen
        | ways
        | {
            "quantity": pa.array(events["quantity"].to_numpy()),
            "quantity_kg": kg.set(~known, 0.0).cast(pl.Decimal(18, 3)).to_arrow(),
            "quantity_known": pa.array(known.to_numpy().astype(np.uint8)),
            "destination_candidates": pa.array(
                [orjson.dumps(c).decode() for c in events["destination_candidates"].to_list()]
            ),
            "detection_methods": pa.array(
                events["detection_methods"].to_list(), pa.list_(pa.string())
            ),
            "flags": np.where(np.array(weights) > 1 + 1e-9, Flag.WEIGHTS_ABOVE_ONE, 0).astype(
                np.uint32
            )
            | ways.pop("flags"),
        }
    )


def _seizure_ways(events: pl.DataFrame, routed: Routed) -> dict[str, pa.Array]:
    """The report's own corridor; the itinerary's only where the report says nothing of it."""
    columns: dict[str, list[str]] = {
        name: []
        for name in ("origin", "transit", "destination", "mode", "direction", "route_basis")
    }
    unknown: list[int] = []
    known_routes = routed.found.route >= 0
    itinerary = [
        c.to_pylist()
        for c in (routed.columns.origin, routed.columns.transit, routed.columns.destination)
    ]
    for i, event in enumerate(events.iter_rows(named=True)):
        origin = canonical(event["origin"] or "")
        destination = canonical(event["intended_destination"] or "")
        transit = "|".join(canonical(ref) for ref in event["transits"])
        basis = "REPORT" if origin or destination or transit else "NONE"
        if basis == "NONE" and known_routes[i]:
            origin, transit, destination = (c[i] for c in itinerary)
            basis = "ITINERARY"
        refs = [event["interception_place"], origin, destination, *filter(None, transit.split("|"))]
        unknown.append(0 if all(is_known(r) for r in refs if r) else int(Flag.UNKNOWN_PLACE))
        values = (origin, transit, destination, event["transport_mode"], event["direction"], basis)
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)
    arrays: dict[str, pa.Array] = {n: pa.array(v, pa.string()) for n, v in columns.items()}
    return arrays | {"flags": np.array(unknown, np.uint32)}


_SHAPES: Final[dict[Kind, Callable[[pl.DataFrame, Sites, Routed], dict[str, pa.Array]]]] = {
    Kind.SCAN_VERDICT: _scan,
    Kind.CAMERA_EVENT: _camera,
    Kind.SEIZURE_REPORT: _seizure,
}


def _text(column: pl.Series) -> pa.Array:
    return column.fill_null("").to_arrow(compat_level=pl.CompatLevel.oldest())


def _time(ms: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(ms, pa.timestamp("ms", "UTC"))


def _seconds(ms: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array((ms // 1000).astype(np.uint32))


def _constant(value: str, n: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(n, np.int8), pa.array([value], pa.string()))
