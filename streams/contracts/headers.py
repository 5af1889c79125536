"""CloudEvents 1.0 headers in Kafka's binary mode, so a message can be told without decoding it."""

from datetime import UTC, datetime
from typing import Final

from streams.names import OPEN, PARTNERS

CONTENT_TYPE: Final = "application/avro"

Headers = list[tuple[str, bytes]]


def cloud_event(partner: str, kind: str, event_id: str, occurred_at: datetime | int) -> Headers:
    """Give the headers of one event.

    partner: a partner's country, OPEN, or the name of the part of Waterbed that wrote it.
    occurred_at: with time zone, or int milliseconds since 1970. `ce_source` and `ce_id` together
    are unique.
    """
    fields = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": source(partner),
        "ce_type": f"waterbed.{kind}.v1",
        "ce_time": _rfc3339(occurred_at),
        "content-type": CONTENT_TYPE,
    }
    return [(name, text.encode()) for name, text in fields.items()]


def source(partner: str) -> str:
    """Give the CloudEvents source: `/customs/br`, `/open`, `/waterbed`."""
    if partner in PARTNERS:
        return f"/customs/{partner.lower()}"
    return "/open" if partner == OPEN else f"/{partner.lower()}"


def _rfc3339(time: datetime | int) -> str:
    if isinstance(time, int):
        time = datetime.fromtimestamp(time / 1000, UTC)
    if time.tzinfo is None:
        raise ValueError("occurred_at needs a time zone")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
