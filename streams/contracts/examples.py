"""Examples of each schema, from `schemas/examples`: what a partner's event looks like."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from streams.contracts import schema
from streams.contracts.schema import FOLDER

_TIMES: Final[Mapping[str, Callable[[str], Any]]] = {
    "timestamp-millis": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def load(name: str) -> list[dict[str, Any]]:
    """Give the examples of a schema, times as datetimes with time zone, days as dates."""
    found = json.loads((FOLDER / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return [_typed(schema.load(name), record) for record in found]


def _typed(avro: Any, held: Any) -> Any:  # noqa: ANN401 - follows the JSON wherever it goes
    """Turn the texts that the schema calls times into times."""
    if isinstance(avro, list):
        return held if held is None else _typed(next(t for t in avro if t != "null"), held)
    if not isinstance(avro, dict):
        return held
    if avro.get("logicalType") in _TIMES:
        return _TIMES[avro["logicalType"]](held)
    if avro["type"] == "array":
        return [_typed(avro["items"], item) for item in held]
    if avro["type"] == "record":
        types = {field["name"]: field["type"] for field in avro["fields"]}
        return {name: _typed(types.get(name), value) for name, value in held.items()}
    return held
