"""Itinerary events as rows of `itineraries` and as what `routes.itineraries` wants to be told."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from streams.contracts.flags import Flag
from streams.ingest.rows import versions
from streams.names import TABLES, Kind
from streams.routes import itineraries
from streams.routes.places import canonical, is_known

Leg = Mapping[str, Any]


def told(events: pl.DataFrame) -> pl.DataFrame:
    """Columns as in `routes.itineraries.COLUMNS` of checked itinerary events."""
    recorded = events["recorded_at"].to_numpy()
    return pl.DataFrame(
        {
            "container_number": events["container_number"],
            "version": versions(recorded, events["checksum"].to_numpy()),
            "withdrawn": (events["status"] == "WITHDRAWN").cast(pl.UInt8),
            "places": [
                "|".join([origin, *(leg["to_place"] for leg in legs)])
                for origin, legs in zip(events["origin"], events["legs"], strict=True)
            ],
            "modes": ["|".join(leg["mode"] for leg in legs) for legs in events["legs"]],
            "destination": events["intended_destination"],
            "recorded_at": recorded,
            "departed": [_departure(legs[0]) if legs else 0 for legs in events["legs"]],
        },
        schema=itineraries.COLUMNS,
    )


def rows(topic: str, events: pl.DataFrame, flags: np.ndarray) -> tuple[str, pa.Table]:
    """Rows of `itineraries`."""
    known = told(events)
    n = len(events)
    legs = events["legs"].to_list()
    columns: dict[str, Any] = {
        "container_number": known["container_number"].to_list(),
        "version": known["version"].to_numpy(),
        "withdrawn": known["withdrawn"].to_numpy(),
        "event_id": events["event_id"].to_list(),
        **{name: _times(events[name]) for name in ("occurred_at", "recorded_at", "received_at")},
        "country": events["country"].to_list(),
        "provenance": events["provenance"].cast(pl.String).to_list(),
        "status": events["status"].cast(pl.String).to_list(),
        "origin": [canonical(ref) for ref in events["origin"]],
        "destination": [canonical(ref) for ref in events["intended_destination"]],
        "leg_modes": [[leg["mode"] for leg in way] for way in legs],
        "leg_from": [[canonical(leg["from_place"]) for leg in way] for way in legs],
        "leg_to": [[canonical(leg["to_place"]) for leg in way] for way in legs],
        "leg_vessels": [[leg["vessel"] or "" for leg in way] for way in legs],
        "leg_departures": _moments([[_departure(leg) for leg in way] for way in legs]),
        "leg_arrivals": _moments([[_arrival(leg) for leg in way] for way in legs]),
        "leg_departed": _known([[leg["actual_departure"] for leg in way] for way in legs]),
        "leg_arrived": _known([[leg["actual_arrival"] for leg in way] for way in legs]),
        "cover_load": events["cover_load"].fill_null("").to_list(),
        "flags": (flags | _doubts(known)).astype(np.uint32),
        "topic": [topic] * n,
        "partition": events["partition"].to_numpy(),
        "offset": events["offset"].to_numpy(),
    }
    return TABLES[Kind.ITINERARY], pa.table(columns)


def _doubts(known: pl.DataFrame) -> np.ndarray:
    unknown = [
        any(ref and not is_known(ref) for ref in (*places.split("|"), destination))
        for places, destination in known.select("places", "destination").iter_rows()
    ]
    return np.where(unknown, Flag.UNKNOWN_PLACE, 0)


def _departure(leg: Leg) -> int:
    return leg["actual_departure"] or leg["planned_departure"] or 0


def _arrival(leg: Leg) -> int:
    return leg["actual_arrival"] or leg["planned_arrival"] or 0


def _times(column: pl.Series) -> pa.Array:
    return pa.array(column.to_numpy(), pa.timestamp("ms", "UTC"))


def _moments(lists: Sequence[Sequence[int]]) -> pa.Array:
    return pa.array(lists, pa.list_(pa.timestamp("ms", "UTC")))


def _known(lists: Sequence[Sequence[int | None]]) -> pa.Array:
    return pa.array(
        [[int(value is not None) for value in values] for values in lists], pa.list_(pa.uint8())
    )
