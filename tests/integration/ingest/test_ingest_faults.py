"""Whatever dies and whenever: what was sent is landed, once."""

import signal
import time
from typing import Any

import pytest
from ingest_pipeline import PATIENCE, Pipeline

from streams.audit import audit
from streams.contracts.registry import Registry, subject_of
from streams.local import stack as local
from streams.names import TABLES, Kind
from streams.partners.producer import Producer
from streams.simulate.events import events
from streams.simulate.send import send_all
from streams.simulate.sent import Outcome, Sent


def stream(seed: int, seconds: float = 40.0) -> list[Sent]:
    start = int((time.time() - seconds) * 1000) // 60_000 * 60_000
    return list(events(seed, 250.0, start, seconds, 0.03))


def send(pipeline: Pipeline, sent: list[Sent]) -> None:
    registry = Registry(pipeline.endpoints.registry)
    with Producer(pipeline.endpoints) as producer:
        send_all(iter(sent), producer, lambda topic: registry.id_of(subject_of(topic)))


def expected(sent: list[Sent], kind: Kind) -> set[str]:
    """Ids that stand, by plain counting: landed, and not taken back by another."""
    landed = [s.event for s in sent if s.kind is kind and s.outcome is Outcome.LANDED]
    taken_back = {e.get("retracted_event_id") for e in landed}
    return {
        e["event_id"] for e in landed if e["event_id"] not in taken_back and not e.get("withdrawal")
    }


def check(pipeline: Pipeline, sent: list[Sent]) -> None:
    for kind in (Kind.SCAN_VERDICT, Kind.CAMERA_EVENT, Kind.SEIZURE_REPORT):
        found = [r[0] for r in pipeline.rows(f"SELECT event_id FROM {TABLES[kind]} FINAL")]
        assert len(found) == len(set(found))
        assert set(found) == expected(sent, kind)
    letters = sum(s.outcome is Outcome.DEAD_LETTERED for s in sent)
    assert pipeline.rows("SELECT count() FROM dead_letters FINAL") == [(letters,)]


@pytest.fixture(scope="module")
def everything() -> list[Sent]:
    """All that the tests of this file have sent so far."""
    return []


def test_killed_three_times_and_told_everything_twice(
    pipeline: Pipeline, everything: list[Sent]
) -> None:
    some = stream(1)
    everything += some
    send(pipeline, some)
    for number in range(3):
        with pipeline.worker() as worker:
            killed_at_work(pipeline, worker, wait=number * 0.2)
        send(pipeline, [s for s in some[:3000] if s.outcome is not Outcome.DEAD_LETTERED])
    pipeline.ingest()
    check(pipeline, everything)
    assert_clean(pipeline)


def killed_at_work(pipeline: Pipeline, worker: Any, wait: float) -> None:
    """SIGKILL a worker once it has begun to land, whatever it is doing then."""
    before = pipeline.rows("SELECT count() FROM scan_verdicts")
    deadline = time.monotonic() + PATIENCE
    while pipeline.rows("SELECT count() FROM scan_verdicts") == before:
        assert worker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(wait)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def assert_clean(pipeline: Pipeline) -> None:
    found = audit(pipeline.endpoints)
    assert (found.missing, found.unexpected, found.offenders) == (0, 0, [])


def test_one_of_two_workers_is_killed_and_the_other_takes_over(
    pipeline: Pipeline, everything: list[Sent]
) -> None:
    some = stream(2)
    everything += some
    with pipeline.worker() as first, pipeline.worker() as second:
        send(pipeline, some[:6000])
        killed_at_work(pipeline, first, wait=0.1)
        send(pipeline, some[6000:])
        pipeline.wait(second)
    check(pipeline, everything)


def test_a_lost_clickhouse_is_waited_for_by_ingest(
    pipeline: Pipeline, everything: list[Sent]
) -> None:
    some = stream(3, seconds=10.0)
    everything += some
    with pipeline.worker() as worker:
        send(pipeline, some[:1000])
        pipeline.wait(worker)
        local.kill(pipeline.home, "clickhouse")
        send(pipeline, some[1000:])
        time.sleep(3)
        local.up(pipeline.home, quiet=True)
        pipeline.wait(worker)
    check(pipeline, everything)
    assert_clean(pipeline)
