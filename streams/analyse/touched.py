"""Touched-window messages as records."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import fastavro

from streams.contracts import encode, schema
from streams.errors import DeadLetterError, StopError
from streams.names import TOUCHED_WINDOW, TOUCHED_WINDOW_TOPIC


class Touched(NamedTuple):
    """A message: its bytes and where it stood."""

    value: bytes | None
    partition: int
    offset: int


class Record(NamedTuple):
    """What a message says: kind, start in seconds since 1970 UTC, site, and its offset."""

    kind: str
    start: int
    site: str
    offset: int


#: Gives the writer schema of an id; raises RetryError when the registry is away.
Writer = Callable[[int], Mapping[str, Any]]


def decode(batch: Sequence[Touched], writer: Writer) -> list[Record]:
    """Decode messages by the schema they were written with.

    Raises StopError naming the first that is no touched window, and RetryError from `writer`.
    """
    return [_record(touched, writer) for touched in batch]


def _record(touched: Touched, writer: Writer) -> Record:
    try:
        schema_id, body = encode.unframe(touched.value or b"")
        said = _read(body, writer(schema_id))
        start = int(said["window_start"].timestamp())
        return Record(str(said["kind"]), start, str(said["site"]), touched.offset)
    except (DeadLetterError, StopError, ValueError, EOFError, LookupError, TypeError) as error:
        raise StopError(
            f"{TOUCHED_WINDOW_TOPIC} partition {touched.partition} offset {touched.offset} is no "
            f"touched window ({type(error).__name__}). Ingest alone may write there: find who "
            "else does, or run the same version of ingest and analyse."
        ) from error


def _read(body: bytes, written: Mapping[str, Any]) -> Mapping[str, Any]:
    stream = io.BytesIO(body)
    said = fastavro.schemaless_reader(stream, dict(written), schema.load(TOUCHED_WINDOW))
    if stream.tell() != len(body):
        raise ValueError(f"{len(body) - stream.tell()} bytes follow the record")
    if not isinstance(said, dict):
        raise TypeError("not a record")
    return said
