"""How soon an event is seen: from produce to its row, and to its aggregate.

Ten marker events a second travel in the load, each at a terminal of its own, so that its row and
its aggregate are told from all others by their site alone.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
from confluent_kafka import Producer

from streams.bench import traffic
from streams.bench.workers import command
from streams.contracts import encode, examples
from streams.contracts.registry import Registry, subject_of
from streams.errors import StopError
from streams.names import Kind, event_topic
from streams.prepare import prepare
from streams.settings import Endpoints
from streams.store.client import Client, connect

#: Markers a second.
MARKERS: Final = 10
_POLL: Final = 0.05
_WARM_UP: Final = 5.0
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """Percentiles in seconds over all markers sent after warming up."""

    rate: int
    markers: int
    visible_p50_s: float
    visible_p99_s: float
    aggregate_p50_s: float
    aggregate_p99_s: float


def run(endpoints: Endpoints, folder: Path, rate: int, seconds: int) -> Result:
    """Measure on a stack that carries nothing else. Raises StopError if a marker never arrives."""
    prepare(endpoints)
    with (
        command(["ingest"], endpoints, folder / "ingest.log"),
        command(["analyse"], endpoints, folder / "analyse.log"),
        connect(endpoints) as client,
    ):
        watch = _Watch(client)
        _warm(endpoints, watch)
        _load(endpoints, watch, rate, seconds)
        watch.wait_all()
    visible, aggregate = watch.delays()
    return Result(
        rate,
        len(visible),
        *(round(float(np.percentile(visible, q)), 3) for q in (50, 99)),
        *(round(float(np.percentile(aggregate, q)), 3) for q in (50, 99)),
    )


class _Watch:
    """Sent markers and when each was seen, by site; seconds of the monotonic clock."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.run = f"M{time.time_ns() // 10**9:x}"
        self.numbers = count()
        self._sent: dict[str, float] = {}
        self._seen: dict[str, dict[str, float]] = {"scan_verdicts": {}, "corridor_activity": {}}

    def sent(self, site: str) -> None:
        self._sent[site] = time.monotonic()

    def look(self) -> None:
        """Note the markers that are visible now."""
        for table, seen in self._seen.items():
            time_column = "minute" if table == "scan_verdicts" else "window_start"
            found = self._client.query(
                f"SELECT DISTINCT site FROM {table} WHERE {time_column} >= now() - 600 "
                "AND startsWith(site, {prefix:String})",
                {"prefix": f"BRSSZ/{self.run}"},
            ).result_rows
            now = time.monotonic()
            for (site,) in found:
                seen.setdefault(site, now)

    def forget(self) -> None:
        self._sent.clear()

    def wait_all(self) -> None:
        """Look until every marker was seen in both tables."""
        deadline = time.monotonic() + _PATIENCE
        while any(self._sent.keys() - seen.keys() for seen in self._seen.values()):
            if time.monotonic() > deadline:
                raise StopError(f"Markers were not seen within {_PATIENCE:.0f} s")
            self.look()
            time.sleep(_POLL)

    def delays(self) -> tuple[list[float], list[float]]:
        rows, sums = (
            [seen[site] - at for site, at in self._sent.items()] for seen in self._seen.values()
        )
        return rows, sums


class _Markers:
    """Makes and sends marker events."""

    def __init__(self, endpoints: Endpoints, watch: _Watch) -> None:
        topic = event_topic("BR", Kind.SCAN_VERDICT)
        self.topic = topic
        self._schema_id = Registry(endpoints.registry).id_of(subject_of(topic))
        self._watch = watch
        self._number = watch.numbers
        self.producer = Producer({"bootstrap.servers": endpoints.kafka, "linger.ms": 5})

    def send(self) -> None:
        terminal = f"{self._watch.run}-{next(self._number)}"
        now = int(time.time() * 1000)
        event = examples.load(Kind.SCAN_VERDICT)[0] | {
            "event_id": terminal,
            "facility_terminal": terminal,
            "occurred_at": now,
            "recorded_at": now,
            "provenance": "SYNTHETIC",
        }
        value = encode.frame(self._schema_id, encode.body(Kind.SCAN_VERDICT, event))
        self.producer.produce(self.topic, value, terminal.encode())
        self._watch.sent(f"BRSSZ/{terminal}")


def _warm(endpoints: Endpoints, watch: _Watch) -> None:
    """Wait until both commands work: a marker goes all the way."""
    markers = _Markers(endpoints, watch)
    markers.send()
    markers.producer.flush()
    watch.wait_all()
    watch.forget()


def _load(endpoints: Endpoints, watch: _Watch, rate: int, seconds: int) -> None:
    markers = _Markers(endpoints, watch)
    load = _live(endpoints, rate)
    begun = time.monotonic()
    produced = marked = 0
    measuring = False
    while (elapsed := time.monotonic() - begun) < seconds + _WARM_UP:
        if not measuring and elapsed > _WARM_UP:
            watch.forget()
            measuring = True
        while produced < elapsed * rate:
            value, key = next(load)
            markers.producer.produce(markers.topic, value, key)
            produced += 1
        while marked < elapsed * MARKERS:
            markers.send()
            marked += 1
        markers.producer.poll(0)
        watch.look()
        time.sleep(_POLL)
    markers.producer.flush()


def _live(endpoints: Endpoints, rate: int) -> Iterator[tuple[bytes, bytes]]:
    """Give events that occur now, a second's worth at a time, without end."""
    topic = event_topic("BR", Kind.SCAN_VERDICT)
    schema_id = Registry(endpoints.registry).id_of(subject_of(topic))
    boxes = traffic.containers(20_000)
    for number in count():
        now = datetime.now(UTC)
        templates = traffic.scan_templates(schema_id, now, timedelta(0), traffic.TERMINALS)
        yield from traffic.filled(templates, rate, boxes, f"l{int(now.timestamp()):x}{number % 10}")
