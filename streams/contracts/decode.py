"""Kafka values to columns: a batch at once, and one by one only where something is wrong."""

import io
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import fastavro
import polars as pl

from streams.contracts.block import FRAME, BlockReader
from streams.contracts.columns import ROW, Schema, columns, empty, is_columnar, physical
from streams.contracts.dead_letters import Reason

#: Values read as one block; measured best between 5,000 and 25,000.
BLOCK: Final = 16_000

#: So few values are read one by one: a block's set-up would cost more.
SMALL: Final = 24

#: A failing block is split into so many parts.
SPLIT: Final = 8


@dataclass(frozen=True, slots=True)
class Bad:
    """One value that can't be an event: its row in the batch and the reason."""

    row: int
    reason: Reason
    detail: str
    schema_id: int = -1


@dataclass(frozen=True, slots=True)
class Decoded:
    """`frame`: the reader schema's columns and ROW, times as int64 ms; `bad`: what was set apart.

    Every value given is in exactly one of the two.
    """

    frame: pl.DataFrame
    bad: list[Bad]


@dataclass(slots=True)
class _Part:
    frames: list[pl.DataFrame] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    def add(self, other: "_Part") -> None:
        self.frames += other.frames
        self.bad += other.bad


class Decoder:
    """Decodes values of one topic into the columns of a reader schema.

    writers: gives the writer schemas of the topic's subject by id. It is asked again when an
    unknown id comes, so it limits its own rate; it raises RetryError when it can't know.
    """

    def __init__(self, reader: Schema, writers: Callable[[], Mapping[int, Schema]]) -> None:
        self._reader = reader
        self._columnar = is_columnar(reader)
        self._writers = writers
        self._known: dict[int, _Writer] = {}

    def decode(self, values: Sequence[bytes | None]) -> Decoded:
        """Decode a batch; raises RetryError if the registry is needed and away."""
        part = _Part()
        for at in range(0, len(values), BLOCK):
            some = values[at : at + BLOCK]
            part.add(self._read(some, range(at, at + len(some))))
        frame = pl.concat(part.frames, rechunk=True) if part.frames else empty(self._reader)
        return Decoded(frame, part.bad)

    def _read(self, values: Sequence[bytes | None], rows: Sequence[int]) -> _Part:
        """Read as one block of the first value's schema; a block that fails is split."""
        if len(values) <= SMALL or not self._columnar:
            return self._one_by_one(values, rows)
        block = self._block(values, rows)
        if block is not None:
            return _Part([block])
        part = _Part()
        step = -(-len(values) // SPLIT)
        for at in range(0, len(values), step):
            part.add(self._read(values[at : at + step], rows[at : at + step]))
        return part

    def _block(self, values: Sequence[bytes | None], rows: Sequence[int]) -> pl.DataFrame | None:
        try:
            return self._writer(values[0]).block.read(values, rows)
        except _UnreadableError:
            return None

    def _one_by_one(self, values: Sequence[bytes | None], rows: Sequence[int]) -> _Part:
        records: list[dict[str, Any]] = []
        part = _Part()
        for value, row in zip(values, rows, strict=True):
            try:
                records.append(self._writer(value).record(value or b"") | {ROW: row})
            except _UnreadableError as error:
                part.bad.append(Bad(row, error.reason, error.detail, error.schema_id))
        if records:
            part.frames.append(_from_records(records, self._reader))
        return part

    def _writer(self, value: bytes | None) -> "_Writer":
        if not value:
            raise _UnreadableError(Reason.EMPTY, "the value is empty")
        if len(value) < FRAME or value[0] != 0:
            raise _UnreadableError(Reason.NO_FRAME, "no 00 byte and schema id in front")
        schema_id: int = struct.unpack_from(">i", value, 1)[0]
        if schema_id not in self._known:
            for known_id, schema in self._writers().items():
                self._known.setdefault(known_id, _Writer(known_id, schema, self._reader))
        if schema_id not in self._known:
            raise _UnreadableError(
                Reason.UNKNOWN_SCHEMA, "the id is not registered for this topic", schema_id
            )
        return self._known[schema_id]


class _Writer:
    """One writer schema: read as a block, or a record at a time to say what is wrong with it."""

    def __init__(self, schema_id: int, schema: Schema, reader: Schema) -> None:
        self.schema_id = schema_id
        self.block = BlockReader(schema_id, schema, reader)
        self._written = fastavro.parse_schema(physical(schema))
        self._wanted = fastavro.parse_schema(physical(reader))
        self._ints = [name for name, dtype in columns(reader).items() if dtype == pl.Int32]

    def record(self, value: bytes) -> dict[str, Any]:
        stream = io.BytesIO(value)
        stream.seek(FRAME)
        try:
            record = cast(
                "dict[str, Any]", fastavro.schemaless_reader(stream, self._written, self._wanted)
            )
        # fastavro tells of broken bytes by whatever its parts raise.
        except Exception as error:
            raise _UnreadableError(
                Reason.UNDECODABLE,
                f"not a record of its schema ({type(error).__name__})",
                self.schema_id,
            ) from error
        if stream.tell() != len(value):
            raise _UnreadableError(
                Reason.TRAILING_BYTES,
                f"{len(value) - stream.tell()} bytes follow the record",
                self.schema_id,
            )
        # fastavro reads an int as it does a long.
        if any(not -(2**31) <= (record[name] or 0) < 2**31 for name in self._ints):
            raise _UnreadableError(
                Reason.UNDECODABLE, "an int of more than 32 bits", self.schema_id
            )
        return record


class _UnreadableError(Exception):
    def __init__(self, reason: Reason, detail: str, schema_id: int = -1) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.schema_id = reason, detail, schema_id


def _from_records(records: list[dict[str, Any]], reader: Schema) -> pl.DataFrame:
    wanted = columns(reader) | {ROW: pl.Int32()}
    return pl.DataFrame(
        [pl.Series(name, [r[name] for r in records], dtype) for name, dtype in wanted.items()]
    )
