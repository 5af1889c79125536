"""Checks the branch numbers of unions in a block, which polars does not.

polars takes every branch number but the value's for null. One flipped bit would so turn a broken
record into a row without a value. Where each branch number stands follows from the lengths of
what was read before it, for all records at once. Numbers written longer than they need be would
mislead that, so every record must also be exactly as long as what was read from it.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.contracts.columns import Schema, kind

Positions = npt.NDArray[np.int64]

_FIXED: Final = {"double": 8, "float": 4, "boolean": 1}


def branches_are_sound(
    read: pl.DataFrame,
    schema: Schema,
    data: npt.NDArray[np.uint8],
    starts: Positions,
    ends: Positions,
) -> bool:
    """Tell whether every union holds branch 0 or 1, and the value read fits.

    read: the block as read with transport types, n rows; data: the bytes it was read from;
    starts, ends: where each record begins and ends in data, shape (n,). Numbers must take as few
    bytes as they need, as every known writer gives them.
    """
    present = [field for field in schema["fields"] if _nulls(read, field) < read.height]
    sizes = read.select(_measured(field) for field in present)
    at = starts.copy()
    for field in schema["fields"]:
        if isinstance(field["type"], list):
            null = _is_null(read.get_column(field["name"]))
            value_branch, null_branch = (2, 0) if field["type"][0] == "null" else (0, 2)
            if at.max() >= len(data):
                return False
            if (data[at] != np.where(null, null_branch, value_branch)).any():
                return False
            at += 1
        else:
            null = np.False_
        if not null.all():
            size = _size(sizes.get_column(field["name"]), kind(field["type"]))
            at += size if not null.any() else np.where(null, 0, size)
    return bool((at == ends).all())


def _nulls(read: pl.DataFrame, field: Schema) -> int:
    return read.get_column(field["name"]).null_count()


def _is_null(column: pl.Series) -> npt.NDArray[np.bool_] | np.bool_:
    """Which values are null; one answer for all where all are alike, as they mostly are."""
    if column.null_count() in {0, len(column)}:
        return np.bool_(column.null_count() > 0)
    return column.is_null().to_numpy()


def _measured(field: Schema) -> pl.Expr:
    """What decides a value's length: bytes of a string, the value of a number."""
    column = pl.col(field["name"])
    if kind(field["type"]) == "string":
        column = column.str.len_bytes()
    return column.fill_null(0)


def _size(measured: pl.Series, avro: str) -> Positions | int:
    """Bytes that each value takes in Avro; of nulls any number."""
    if avro in _FIXED:
        return _FIXED[avro]
    values = measured.to_numpy().astype(np.int64)
    return values + _varint_size(values) if avro == "string" else _varint_size(values)


def _varint_size(values: Positions) -> Positions | int:
    """Length of zigzag numbers: seven bits a byte."""
    zigzag = ((values << 1) ^ (values >> 63)).view(np.uint64)
    if not len(zigzag):
        return 0
    smallest, largest = (_bytes_of(int(z)) for z in (zigzag.min(), zigzag.max()))
    if smallest == largest:
        return smallest
    limits = np.array([1 << 7 * k for k in range(1, largest)], np.uint64)
    return np.searchsorted(limits, zigzag, side="right") + 1


def _bytes_of(zigzag: int) -> int:
    return max(1, -(-zigzag.bit_length() // 7))
