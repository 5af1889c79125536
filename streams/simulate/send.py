"""Sends a simulated stream at its rate, keeps the truth, and counts what went out."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, Final, Protocol

import orjson

from streams.contracts.encode import frame
from streams.names import Kind, event_topic
from streams.simulate.sent import Framing, Sent, Spoiled

#: An id far above any that a registry gives.
UNKNOWN_ID: Final = 0x7FFF_FFF0

#: Shortest wait; a stream that is less ahead of its time goes on at once.
SHORTEST_WAIT_S: Final = 0.002


class Sender(Protocol):
    """What is needed of `streams.partners.producer.Producer`."""

    def send(
        self,
        partner: str,
        kind: Kind,
        event: dict[str, Any],
        *,
        key: str | None = None,
        corrupt: bytes | None = None,
    ) -> None:
        """Send one event, waiting while the broker is behind."""
        ...


@dataclass
class Summary:
    """What was sent. faults: by kind. stopped: whether it was ended before its time."""

    by_topic: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    stopped: bool = False

    def add(self, sent: Sent) -> None:
        """Count one message."""
        self.by_topic[event_topic(sent.partner, sent.kind)] += 1
        self.expected[sent.outcome.value] += 1
        if sent.fault:
            self.faults[sent.fault.value] += 1

    def as_json(self) -> dict[str, Any]:
        """Give the summary with plain types."""
        sent = self.by_topic.total()
        return {
            "sent": sent,
            "by_topic": dict(sorted(self.by_topic.items())),
            "faults": dict(sorted(self.faults.items())),
            "expected": dict(sorted(self.expected.items())),
            "seconds": round(self.seconds, 3),
            "events_per_second": round(sent / self.seconds, 1) if self.seconds else None,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Pace:
    """Holds a stream to its times. The clock is in seconds; wait returns True to stop.

    Behind its time a stream is not held, so after a stall it catches up.
    """

    clock: Callable[[], float]
    wait: Callable[[float], bool]

    def hold(self, stream: Iterable[Sent], start: int) -> Iterator[Sent]:
        """Give each message when it is due, `start` (ms) being now; end early when told to."""
        began = self.clock()
        for sent in stream:
            ahead = (sent.at - start) / 1000 - (self.clock() - began)
            if ahead > SHORTEST_WAIT_S and self.wait(ahead):
                return
            yield sent


def send_all(
    stream: Iterable[Sent],
    sender: Sender,
    schema_id: Callable[[str], int],
    *,
    truth: BinaryIO | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Summary:
    """Send every message and write its truth, until the stream ends or `stop` says so.

    schema_id: gives the registered id for a topic, for spoiled bodies; asked once a topic.
    The caller flushes.
    Raises what the sender raises; the truth then holds exactly what had been handed over.
    """
    summary = Summary()
    schema_id = cache(schema_id)
    began = time.monotonic()
    for sent in stream:
        if stop():
            break
        sender.send(
            sent.partner,
            sent.kind,
            sent.event,
            key=sent.key,
            corrupt=None if sent.spoiled is None else _value(sent, sent.spoiled, schema_id),
        )
        summary.add(sent)
        if truth is not None:
            truth.write(orjson.dumps(sent.truth(), option=orjson.OPT_APPEND_NEWLINE))
    summary.stopped = stop()
    summary.seconds = time.monotonic() - began
    return summary


def _value(sent: Sent, spoiled: Spoiled, schema_id: Callable[[str], int]) -> bytes:
    match spoiled.framing:
        case Framing.NONE:
            return spoiled.body
        case Framing.UNKNOWN:
            return frame(UNKNOWN_ID, spoiled.body)
        case Framing.OWN:
            return frame(schema_id(event_topic(sent.partner, sent.kind)), spoiled.body)
