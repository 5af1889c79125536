"""Columns of Avro schemas: which type each field gets, and how a writer's become the reader's."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

Schema = Mapping[str, Any]

#: A type as it stands in a parsed schema: a name, a mapping or a list of types.
Avro: TypeAlias = Any

#: Row in the batch of values that a decoded row came from.
ROW: Final = "_row"

_POLARS: Final = {
    "string": pl.String(),
    "int": pl.Int32(),
    "long": pl.Int64(),
    "float": pl.Float32(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
}


class SymbolError(ValueError):
    """An enum or truth value that its schema doesn't have."""


def is_columnar(schema: Schema) -> bool:
    """Tell whether polars can read the schema: scalars, enums, null unions of scalars."""
    return all(_is_flat(field["type"]) for field in schema["fields"])


def _is_flat(avro: Avro) -> bool:
    if isinstance(avro, list):
        return len(avro) == len(("null", "type")) and kind(avro) != "enum" and _is_flat(avro[1])
    return kind(physical(avro)) in {*_POLARS, "enum"}


def kind(avro: Avro) -> str:
    """Name the type that decides the column, without null."""
    if isinstance(avro, list):
        return kind(next(t for t in avro if t != "null"))
    if isinstance(avro, dict):
        return str(avro["type"])
    return str(avro)


def column_type(avro: Avro) -> pl.DataType:
    """Column of an Avro type: symbols as Enum, times as int64 ms, nested types as objects."""
    if kind(avro) == "enum":
        return pl.Enum(avro["symbols"])
    flat: dict[str, pl.DataType] = _POLARS
    return flat.get(kind(physical(avro)), pl.Object())


def columns(schema: Schema) -> dict[str, pl.DataType]:
    """Column types of a schema's fields."""
    return {field["name"]: column_type(field["type"]) for field in schema["fields"]}


def empty(schema: Schema) -> pl.DataFrame:
    """Give a frame of no rows with the schema's columns and ROW."""
    return pl.DataFrame(schema=columns(schema) | {ROW: pl.Int32()})


def resolve(frame: pl.DataFrame, writer: Schema, reader: Schema) -> pl.DataFrame:
    """Give the reader schema's columns: what the writer lacks gets its default, the rest goes.

    frame: as read with `transport` types. Raises SymbolError at a symbol or truth value that
    the writer schema doesn't have.
    """
    written = {field["name"]: field["type"] for field in writer["fields"]}
    return pl.DataFrame([_resolved(frame, field, written) for field in reader["fields"]])


def _resolved(frame: pl.DataFrame, field: Schema, written: Mapping[str, Any]) -> pl.Series:
    name, dtype = field["name"], column_type(field["type"])
    if name not in written:
        return (
            pl.select(pl.repeat(field["default"], frame.height, dtype=dtype))
            .to_series()
            .alias(name)
        )
    read = frame.get_column(name)
    match kind(written[name]):
        case "enum":
            return pl.Series(name, _symbols(read, written[name], field["type"]), dtype)
        case "boolean":
            return _truth(read)
        case _:
            return read if read.dtype == dtype else read.cast(dtype)


def _symbols(read: pl.Series, written: Avro, wanted: Avro) -> pl.Series:
    """Turn places in the writer's symbols into the reader's: an unknown one is its default."""
    places = read.to_numpy()
    if len(places) and not 0 <= places.min() <= places.max() < len(written["symbols"]):
        raise SymbolError("no such symbol")
    symbols = wanted["symbols"]
    if written["symbols"] != symbols:
        known = [s if s in symbols else wanted.get("default") for s in written["symbols"]]
        if None in known:
            raise SymbolError("no such symbol")
        places = np.array([symbols.index(s) for s in known])[places]
    named: pl.Series = pl.Series(places.astype(np.uint8)).cat.to(pl.Enum(symbols))
    return named


def _truth(read: pl.Series) -> pl.Series:
    """Avro writes true as the byte 1, which as a zigzag int reads -1."""
    if not read.drop_nulls().is_between(-1, 0).all():
        raise SymbolError("neither true nor false")
    return read != 0


def transport(avro: Avro) -> Avro:
    """Types the block is read as: symbols and truth values as ints, whose range is then checked.

    polars takes any number for a symbol, any byte for a truth value and the low half of any long
    for an int without a word; so an int is read as a long.
    """
    if isinstance(avro, list):
        return [transport(branch) for branch in avro]
    match kind(physical(avro)):
        case "enum" | "boolean":
            return "int"
        case "int":
            return "long"
        case _:
            return physical(avro)


def physical(avro: Avro) -> Avro:
    """Drop logical types, so that times are int64 ms whatever their value."""
    if isinstance(avro, Mapping):
        if isinstance(avro.get("type"), str) and set(avro) == {"type", "logicalType"}:
            return avro["type"]
        return {k: physical(v) for k, v in avro.items() if k != "logicalType"}
    if isinstance(avro, list):
        return [physical(item) for item in avro]
    return avro
