"""Records to bytes as they stand in Kafka: 00, the schema id in four bytes, the Avro body."""

import io
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import fastavro
from fastavro.validation import validate

from streams.contracts.dead_letters import Reason
from streams.contracts.schema import load
from streams.errors import DeadLetterError

_FRAME: Final = struct.Struct(">bi")


def body(name: str, record: Mapping[str, Any]) -> bytes:
    """Encode a record by the schema of that name.

    Times are datetimes with a time zone, or int milliseconds since 1970. Raises ValueError naming
    the field, never its value, for a missing, unknown or unfit one.
    """
    schema = load(name)
    out = io.BytesIO()
    try:
        _refuse_naive(record)
        fastavro.schemaless_writer(out, schema, record, strict_allow_default=True)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
        raise ValueError(f"{name}: {_fault(schema, record)}") from error
    return out.getvalue()


def frame(schema_id: int, encoded: bytes) -> bytes:
    """Put the zero byte and the schema id in front of a body."""
    return _FRAME.pack(0, schema_id) + encoded


def unframe(value: bytes) -> tuple[int, bytes]:
    """Give schema id and body. Raises DeadLetterError if nothing frames the value."""
    if not value:
        raise DeadLetterError(Reason.EMPTY, "the value is empty")
    if len(value) < _FRAME.size or value[0] != 0:
        raise DeadLetterError(Reason.NO_FRAME, "no 00 byte and schema id in front")
    return _FRAME.unpack_from(value)[1], value[_FRAME.size :]


def _refuse_naive(record: Mapping[str, Any]) -> None:
    """Raise ValueError for a time without zone: fastavro would take it for local time."""
    for held in record.values():
        if isinstance(held, datetime) and held.tzinfo is None:
            raise ValueError("a time without zone")
        for inner in held if isinstance(held, list) else ():
            if isinstance(inner, Mapping):
                _refuse_naive(inner)


def _fault(schema: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Say which field keeps a record from being one of the schema."""
    fields = {field["name"]: field for field in schema["fields"]}
    if unknown := sorted(set(record) - set(fields)):
        return f"no such field: {', '.join(unknown)}"
    required = {name for name, field in fields.items() if "default" not in field}
    if missing := sorted(required - set(record)):
        return f"required field missing: {', '.join(missing)}"
    unfit = [name for name in record if not _fits(fields[name]["type"], record[name], schema)]
    return (
        f"does not fit its type: {', '.join(unfit)}; see docs/contracts.md. "
        "Times need a time zone (or int milliseconds)."
    )


def _fits(avro: Any, held: Any, schema: Mapping[str, Any]) -> bool:  # noqa: ANN401 - any type, any value
    wrapped = {"type": "record", "name": "One", "fields": [{"name": "held", "type": avro}]}
    named = dict(schema.get("__named_schemas", {}))
    try:
        _refuse_naive({"held": held})
        parsed = fastavro.parse_schema(wrapped, named_schemas=named)
        return bool(validate({"held": held}, parsed, raise_errors=False, strict=True))
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        return False
