"""Synthetic load: whole Avro messages made by filling ids into prepared ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import numpy as np
from confluent_kafka import Producer
from rich.console import Console
from rich.progress import Progress

from streams.contracts import encode, examples
from streams.contracts.containers import check_digits
from streams.contracts.registry import Registry, subject_of
from streams.errors import StopError
from streams.names import Kind, event_topic
from streams.settings import Endpoints

_ID: Final = "#" * 16
_CONTAINER: Final = "@" * 11

#: Terminals of the load's port; with one-minute windows they decide how many windows are touched.
TERMINALS: Final = 40

#: Minutes over which the load's events occurred.
MINUTES: Final = 60

_DESTINATIONS: Final = ("NLRTM", "BEANR", "DEHAM", "ESALG", "FRLEH", "ITGIT", "PTSIE", "GBFXT")
_ORIGINS: Final = ("BRSSZ", "BRPNG", "BRITJ", "BRSUA", "BRSSA")


@dataclass(frozen=True, slots=True)
class Template:
    """A message with two holes: the event id and the container number."""

    before: bytes
    between: bytes
    after: bytes

    @classmethod
    def of(cls, kind: Kind, schema_id: int, record: dict[str, Any]) -> "Template":
        """Make one; the id must come before the container, as in all schemas."""
        filled = record | {"event_id": _ID, "container_number": _CONTAINER}
        value = encode.frame(schema_id, encode.body(kind, filled))
        before, rest = value.split(_ID.encode())
        between, after = rest.split(_CONTAINER.encode())
        return cls(before, between, after)

    def fill(self, event_id: bytes, container: bytes) -> bytes:
        """Give the message; 16 and 11 bytes go in."""
        return b"".join((self.before, event_id, self.between, container, self.after))


def containers(count: int) -> list[bytes]:
    """Give distinct valid container numbers, at most 26 million."""
    serial = np.arange(count)
    text = [b"BN%cU%06d" % (65 + i // 1_000_000, i % 1_000_000) for i in serial.tolist()]
    codes = np.frombuffer(b"".join(text), np.uint8).reshape(-1, 10)
    return [t + b"%d" % d for t, d in zip(text, check_digits(codes).tolist(), strict=True)]


def scans(
    endpoints: Endpoints, events: int, boxes: list[bytes], tag: str
) -> Iterator[tuple[bytes, bytes]]:
    """Give value and key of scan verdicts of a Brazilian port in the last hour, every field set."""
    schema_id = Registry(endpoints.registry).id_of(subject_of(event_topic("BR", Kind.SCAN_VERDICT)))
    start = datetime.now(UTC) - timedelta(minutes=MINUTES + 5)
    return filled(scan_templates(schema_id, start, timedelta(minutes=MINUTES)), events, boxes, tag)


def scan_templates(
    schema_id: int, start: datetime, span: timedelta, count: int = 4096
) -> list[Template]:
    """Give scans at all terminals whose times are spread over the span."""
    base = examples.load(Kind.SCAN_VERDICT)[0]
    return [
        Template.of(
            Kind.SCAN_VERDICT,
            schema_id,
            base
            | {
                "occurred_at": start + span * (i / count),
                "recorded_at": start + span * (i / count),
                "facility_terminal": f"T{i * 7 % TERMINALS}",
                "verdict": "SUSPECT" if i % 500 == 0 else "CLEAR",
                "score": i % 1000 / 1000,
                "image_reference": f"scan:{i:08x}",
                "uff_reference": f"uff:{i:08x}",
                "provenance": "SYNTHETIC",
            },
        )
        for i in range(count)
    ]


def filled(
    templates: list[Template], events: int, boxes: list[bytes], tag: str
) -> Iterator[tuple[bytes, bytes]]:
    """Fill templates in turn; ids are the tag and a hexadecimal number, 16 characters in all."""
    digits = len(_ID) - len(tag)
    if events > 16**digits:
        raise StopError(f"No more than {16**digits:,} events fit the ids of one run")
    for i in range(events):
        box = boxes[i * 7919 % len(boxes)]
        event_id = f"{tag}{i:0{digits}x}".encode()
        yield templates[i % len(templates)].fill(event_id, box), box


def itineraries(endpoints: Endpoints, boxes: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Give value and key of one itinerary for each container, over forty routes."""
    schema_id = Registry(endpoints.registry).id_of(subject_of(event_topic("BR", Kind.ITINERARY)))
    base = examples.load(Kind.ITINERARY)[0] | {"country": "BR", "provenance": "SYNTHETIC"}
    sea = base["legs"][-1]
    templates = [
        Template.of(
            Kind.ITINERARY,
            schema_id,
            base
            | {
                "origin": origin,
                "intended_destination": destination,
                "legs": [
                    sea | {"from_place": origin, "to_place": "ESALG"},
                    sea | {"from_place": "ESALG", "to_place": destination},
                ],
            },
        )
        for origin in _ORIGINS
        for destination in _DESTINATIONS
    ]
    for i, box in enumerate(boxes):
        yield templates[i % len(templates)].fill(f"it{i:014d}".encode(), box), box


def produce(
    endpoints: Endpoints, topic: str, messages: Iterable[tuple[bytes, bytes]], total: int, what: str
) -> None:
    """Send messages (value, key) as fast as the broker takes them, with a progress bar."""
    producer = Producer(
        {
            "bootstrap.servers": endpoints.kafka,
            "compression.type": "lz4",
            "linger.ms": 50,
            "batch.size": 1 << 20,
            "queue.buffering.max.messages": 1_000_000,
            "acks": "all",
        }
    )
    stream = iter(messages)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        while part := list(islice(stream, 10_000)):
            for value, key in part:
                producer.produce(topic, value, key)
            while len(producer) > 800_000:  # noqa: PLR2004 - below the queue's limit
                producer.poll(0.05)
            producer.poll(0)
            progress.advance(task, len(part))
        producer.flush()
