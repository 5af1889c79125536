"""How fast ingest is: from the first message taken to the last batch committed."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from streams.bench import peers, traffic
from streams.bench.workers import Lag, command, finish, peak_rss_mb
from streams.names import Kind, event_topic
from streams.prepare import prepare
from streams.settings import Endpoints
from streams.store.client import connect

SCANS = event_topic("BR", Kind.SCAN_VERDICT)
ITINERARIES = event_topic("BR", Kind.ITINERARY)


@dataclass(frozen=True, slots=True)
class Result:
    """What one run found. Rates are events a second; every row is counted in ClickHouse.

    peer: the first one measured, which ratio compares with; peers: the rates of all measured.
    """

    events: int
    itineraries: int
    events_per_second: float
    runs: list[float]
    peak_rss_mb: float
    rows_landed: int
    itineraries_per_second: float | None = None
    peer: str | None = None
    peer_events: int | None = None
    peer_events_per_second: float | None = None
    ratio: float | None = None
    peers: dict[str, int] = field(default_factory=dict)


def run(
    endpoints: Endpoints,
    folder: Path,
    events: int,
    known: int,
    *,
    repeat: int = 1,
    peer: str | None = None,
    peer_events: int = 100_000,
) -> Result:
    """Measure on a stack that carries nothing else; logs go into `folder`.

    The topic is full before the worker starts, and the worker knows all itineraries before it
    takes the first scan.
    """
    wanted = peers.chosen(peer)
    prepare(endpoints)
    boxes = traffic.containers(max(known, 100_000))
    told = _land_itineraries(endpoints, folder, boxes[:known]) if known else None
    rates, peaks = [], []
    for number in range(repeat):
        tag = f"b{time.time_ns() // 10**9:x}{number}"
        messages = traffic.scans(endpoints, events, boxes, tag)
        traffic.produce(endpoints, SCANS, messages, events, "scan verdicts")
        rate, peak = _measure(endpoints, folder / "ingest.log")
        rates.append(rate)
        peaks.append(peak)
    rows = _rows(endpoints)
    others = {name: peers.run(name, endpoints, folder, peer_events) for name in wanted}
    first = next(iter(others), None)
    ours = median(rates)
    return Result(
        events,
        known,
        round(ours),
        [round(rate) for rate in rates],
        max(peaks),
        rows,
        round(told) if told else None,
        first,
        peer_events if first else None,
        round(others[first]) if first else None,
        round(ours / others[first], 1) if first else None,
        {name: round(rate) for name, rate in others.items()},
    )


def _land_itineraries(endpoints: Endpoints, folder: Path, boxes: list[bytes]) -> float:
    messages = traffic.itineraries(endpoints, boxes)
    traffic.produce(endpoints, ITINERARIES, messages, len(boxes), "itineraries")
    rate, _ = _measure(endpoints, folder / "ingest.log", ITINERARIES)
    return rate


def _measure(endpoints: Endpoints, log: Path, topic: str = SCANS) -> tuple[float, float]:
    """Let a worker take in the topic; events a second and peak memory in MB."""
    lag = Lag(endpoints, topic)
    try:
        with command(["ingest", "--json"], endpoints, log) as worker:
            lag.wait(worker, log)
            peak = peak_rss_mb(worker)
            totals = finish(worker, log)
    finally:
        lag.close()
    seconds = totals["last_commit_at"] - totals["first_message_at"]
    return totals["messages"] / seconds, peak


def _rows(endpoints: Endpoints) -> int:
    with connect(endpoints) as client:
        counted = client.query("SELECT count() FROM scan_verdicts FINAL").result_rows
    return int(counted[0][0])
