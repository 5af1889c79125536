"""The contracts as Markdown tables, for docs/contracts.md. Pure but for reading the schemas.

`python -m streams.contracts.describe` writes the generated parts of the page again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from streams.contracts import schema
from streams.contracts.dead_letters import HEADERS, PREFIX, Reason
from streams.contracts.flags import Flag
from streams.contracts.topics import declared

PAGE: Final = Path(__file__).parents[2] / "docs" / "contracts.md"

#: A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
_PART: Final = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_DAY_MS: Final = 86_400_000


def page(text: str) -> str:
    """Give the page with its generated parts made anew. Raises KeyError for an unknown part."""
    parts = {name: _schema(name) for name in schema.names()}
    parts |= {"topics": _topics(), "codes": _codes(), "reasons": _reasons()}
    parts |= {"dead-letter-headers": _headers(), "flags": _flags()}
    return _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n{found[3]}", text)


def type_of(avro: Any) -> str:  # noqa: ANN401 - whatever stands in a schema
    """Name an Avro type as a reader needs it: `string or null`, `list of DestinationCandidate`."""
    if isinstance(avro, list):
        return " or ".join([type_of(t) for t in avro if t != "null"] + ["null"])
    if not isinstance(avro, Mapping):
        return str(avro).removeprefix("waterbed.")
    if "logicalType" in avro:
        return {"timestamp-millis": "time", "date": "day"}[avro["logicalType"]]
    if avro["type"] == "array":
        return f"list of {type_of(avro['items'])}"
    return str(avro["name"]).removeprefix("waterbed.")


def records(avro: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
    """Give a record and all records within it, outermost first."""
    if isinstance(avro, list):
        for one in avro:
            yield from records(one)
    elif isinstance(avro, Mapping):
        if avro["type"] == "record":
            yield avro
            for field in avro["fields"]:
                yield from records(field["type"])
        elif avro["type"] == "array":
            yield from records(avro["items"])


def enums(avro: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
    """Give the code lists that a schema's records use."""
    for record in records(avro):
        for field in record["fields"]:
            named = field["type"]
            if isinstance(named, Mapping) and named["type"] == "enum":
                yield named


def _schema(name: str) -> str:
    whole = schema.load(name)
    tables = []
    for record in records(whole):
        title = "" if record is whole else f"Each {type_of(record)}:\n\n"
        tables.append(title + _table(("field", "type", "default", "meaning"), _fields(record)))
    return f"{whole['doc']}\n\n" + "\n\n".join(tables)


def _fields(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (f"`{field['name']}`", type_of(field["type"]), _default(field), field["doc"])
        for field in record["fields"]
    ]


def _default(field: Mapping[str, Any]) -> str:
    if "default" not in field:
        return "required"
    held = field["default"]
    if held is None or held == []:
        return "none"
    return str(held).lower() if isinstance(held, bool) else str(held)


def _topics() -> str:
    rows = []
    for topic in declared():
        days = int(topic.config.get("retention.ms", -1)) // _DAY_MS
        kept = f"{days} days" if days > 0 else "for ever"
        compact = topic.config.get("cleanup.policy") == "compact"
        rows.append(
            (f"`{topic.name}`", str(topic.partitions), "newest of each key" if compact else kept)
        )
    return _table(("topic", "partitions", "kept"), rows)


def _codes() -> str:
    found = {type_of(e): e["symbols"] for name in schema.names() for e in enums(schema.load(name))}
    rows = [(name, ", ".join(symbols)) for name, symbols in sorted(found.items())]
    return _table(("code list", "codes"), rows)


def _reasons() -> str:
    return _table(
        ("reason", "meaning", "what to do"), [(f"`{r}`", r.meaning, r.advice) for r in Reason]
    )


def _headers() -> str:
    return _table(
        ("header", "holds"), [(f"`{PREFIX}{name}`", held) for name, held in HEADERS.items()]
    )


def _flags() -> str:
    return _table(("bit", "flag"), [(str(flag.value), f"`{flag.name}`") for flag in Flag])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines
    )


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
