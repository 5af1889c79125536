"""The Avro schemas in `schemas/`, by name: `scan-verdict`, `touched-window`, ..."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import fastavro

from streams.errors import StopError

#: Beside the package, in the checkout and in the wheel alike.
FOLDER: Final = Path(__file__).parents[2] / "schemas"


@cache
def names() -> tuple[str, ...]:
    """Names of all schemas, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.avsc")))


@cache
def text(name: str) -> str:
    """Give the schema as JSON text, as it is registered.

    Raises StopError if there is none of that name.
    """
    if name not in names():
        raise StopError(f"No schema is named {name}. Known: {', '.join(names())}")
    return (FOLDER / f"{name}.avsc").read_text(encoding="utf-8")


@cache
def load(name: str) -> dict[str, Any]:
    """Give the schema as fastavro parses it; shared, so not to be changed.

    Raises StopError if there is none of that name.
    """
    return parsed(text(name))


def parsed(schema_text: str) -> dict[str, Any]:
    """Parse the text of one record schema."""
    schema = fastavro.parse_schema(json.loads(schema_text))
    if not isinstance(schema, dict):
        raise StopError("A schema of ours is a record, not a union or a name.")
    return schema
