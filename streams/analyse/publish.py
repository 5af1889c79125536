"""Sums as messages of the compacted activity topic. Pure."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from streams.analyse.recompute import Sum
from streams.contracts import encode
from streams.contracts.headers import cloud_event
from streams.names import ACTIVITY

#: Who says it, in the CloudEvents headers.
SOURCE: Final = "/waterbed/analyse"


class Message(NamedTuple):
    """Key, value and headers as Kafka takes them."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def key(total: Sum) -> str:
    """Name what a sum is of; a newer message of the same key replaces it."""
    where = f"{total.corridor}|{total.interception_place}|{total.direction}"
    return f"{where}|{total.provenance}|{total.date_precision}|{total.day.isoformat()}"


def record(total: Sum) -> dict[str, Any]:
    """Give the sum as a record of the activity schema."""
    fields = total._asdict()
    fields["intended_destination"] = fields.pop("destination")
    return fields | {"kilos": float(total.kilos)}


def message(total: Sum, schema_id: int, computed_at: datetime) -> Message:
    """Frame a sum under the registered schema."""
    name = key(total)
    value = encode.frame(schema_id, encode.body(ACTIVITY, record(total)))
    headers = dict(cloud_event(SOURCE, ACTIVITY, f"{name}@{total.revision}", computed_at))
    headers["ce_source"] = SOURCE.encode()  # not a partner's
    return Message(name.encode(), value, list(headers.items()))
