"""From the file to the topics. Sending twice is safe: ids, keys and contents are the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.names import Kind
from streams.settings import Endpoints
from streams.simulate.history.event import to_event, topic_partner
from streams.simulate.history.report import Unusable
from streams.simulate.history.rows import Row, UnusableError, Why, read


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file turned into events, and the rows that could not be."""

    events: list[dict[str, Any]]
    unusable: list[Unusable]


def prepare_history(path: Path) -> Prepared:
    """Read a file of published seizures. Raises StopError when it cannot be read at all."""
    prepared = Prepared([], [])
    seen: set[str] = set()
    for row, outcome in _outcomes(path, seen):
        if isinstance(outcome, UnusableError):
            prepared.unusable.append(Unusable(row.number, row.get("seizure_id"), str(outcome)))
        else:
            prepared.events.append(outcome)
    return prepared


def _outcomes(path: Path, seen: set[str]) -> Iterator[tuple[Row, dict[str, Any] | UnusableError]]:
    for row in read(path):
        try:
            event = to_event(row)
        except UnusableError as unusable:
            yield row, unusable
            continue
        # A second row of the same id would silently replace the first.
        repeated = event["event_id"] in seen
        seen.add(event["event_id"])
        yield row, UnusableError(Why.REPEATED_ID) if repeated else event


def send(
    events: list[dict[str, Any]],
    endpoints: Endpoints,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Send seizure reports, each to its topic, and wait until all are delivered.

    advance: called after each event, for a progress bar.
    Raises RetryError when Kafka or the registry is away, StopError when a schema is unknown;
    events sent before that are safe to send again.
    """
    # Imported here: librdkafka takes a moment, and a dry run needs no broker.
    from streams.partners.producer import Producer  # noqa: PLC0415

    with Producer(endpoints, client_id="waterbed-load-history") as producer:
        for event in events:
            producer.send(topic_partner(event), Kind.SEIZURE_REPORT, event)
            advance()
        producer.flush()
