"""Step 4, route: sites, corridors, legs and distances of checked events, as whole columns."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from streams.contracts.flags import Flag
from streams.routes.corridors import NO_ROUTE, RouteColumns
from streams.routes.itineraries import Found, Itineraries
from streams.routes.places import country_of, is_known

_DAY_MS: Final = 24 * 3600 * 1000

#: Up to so many possible values counting beats sorting, and its memory is no matter.
_COUNTABLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Sites:
    """Where n events happened: code is a row of names; names are sites, places their LOCODEs."""

    code: npt.NDArray[np.int32]
    names: list[str]
    places: list[str]

    def column(self) -> pa.DictionaryArray:
        """Site of each event as ClickHouse stores it."""
        return pa.DictionaryArray.from_arrays(self.code, pa.array(self.names, pa.string()))


def site_name(place: str, terminal: str | None) -> str:
    """Name a site: LOCODE, or LOCODE/terminal."""
    return f"{place}/{terminal}" if terminal else place


def sites(places: pl.Series, terminals: pl.Series) -> Sites:
    """Name the sites of events: places are strings, terminals strings or null; n rows each."""
    place, terminal = (encoded(column.fill_null("")) for column in (places, terminals))
    width = max(len(terminal.dictionary), 1)
    pair = np.asarray(place.indices, np.int64) * width + np.asarray(terminal.indices)
    used, code = _ranked(pair, len(place.dictionary) * width)
    place_names, terminal_names = place.dictionary.to_pylist(), terminal.dictionary.to_pylist()
    return Sites(
        code,
        [site_name(place_names[p // width], terminal_names[p % width]) for p in used],
        [place_names[p // width] for p in used],
    )


def _ranked(values: npt.NDArray[np.int64], size: int) -> tuple[list[int], npt.NDArray[np.int32]]:
    """Distinct values, ascending, and the place of each value among them; all below size."""
    if size > _COUNTABLE:
        used, place = np.unique(values, return_inverse=True)
        return used.tolist(), place.astype(np.int32)
    present = np.bincount(values, minlength=size) > 0
    rank = np.cumsum(present) - 1
    return np.flatnonzero(present).tolist(), rank[values].astype(np.int32)


def encoded(column: pl.Series) -> pa.DictionaryArray:
    """Dictionary of a string column."""
    array = column.to_arrow(compat_level=pl.CompatLevel.oldest())
    encoded_array = array.dictionary_encode()
    if isinstance(encoded_array, pa.ChunkedArray):
        encoded_array = encoded_array.combine_chunks()
    return encoded_array


@dataclass(frozen=True, slots=True)
class Routed:
    """What is known of the way of n events."""

    found: Found
    columns: RouteColumns
    days_under_way: npt.NDArray[np.float32]
    flags: npt.NDArray[np.uint32]


def route(
    itineraries: Itineraries,
    keys: npt.NDArray[np.int64],
    where: Sites,
    occurred_at: npt.NDArray[np.int64],
) -> Routed:
    """Route events by their containers' keys; unknown containers keep empty corridors."""
    found = itineraries.find(keys)
    columns = itineraries.routes.columns(found.route, where.code, where.places)
    with np.errstate(invalid="ignore"):
        days = np.where(
            found.departed > 0, (occurred_at - found.departed) / _DAY_MS, np.nan
        ).astype(np.float32)
    unknown = np.array([not is_known(place) for place in where.places], np.bool_)[where.code]
    off_route = (found.route != NO_ROUTE) & (columns.leg == 0)
    flags = np.where(unknown, Flag.UNKNOWN_PLACE, 0) | np.where(off_route, Flag.OFF_ROUTE, 0)
    return Routed(found, columns, days, flags.astype(np.uint32))


def directions(where: Sites, columns: RouteColumns) -> pa.DictionaryArray:
    """Direction seen from where the event happened: by the countries of its corridor."""
    here = np.array([country_of(place) for place in where.places])[where.code]
    origin, destination = columns.origin_country, columns.destination_country
    code = np.select(
        [
            (here != "") & (here == origin),
            (here != "") & (here == destination),
            (origin != "") & (destination != ""),
        ],
        [0, 1, 2],
        3,
    ).astype(np.int32)
    return pa.DictionaryArray.from_arrays(code, pa.array(DIRECTIONS, pa.string()))


DIRECTIONS: Final = ("EXPORT", "IMPORT", "TRANSIT", "UNKNOWN")
