"""A service that goes away for a while in the middle of the work: ingest goes on by itself."""

import time

import pytest
from ingest_pipeline import PATIENCE, Pipeline

from streams.audit import audit
from streams.contracts import examples
from streams.local import stack as local
from streams.names import Kind
from streams.partners.producer import Producer

SCAN = next(e for e in examples.load(Kind.SCAN_VERDICT) if not e["retracted_event_id"])
MANY = 30_000


def send(shared: Pipeline, prefix: str, many: int) -> None:
    with Producer(shared.endpoints) as producer:
        for number in range(many):
            producer.send("BE", Kind.SCAN_VERDICT, scan(f"{prefix}-{number}"), key=str(number))


def scan(event_id: str) -> dict[str, object]:
    return SCAN | {"event_id": event_id, "country": "BE"}


def landed(shared: Pipeline, prefix: str) -> int:
    [(count,)] = shared.rows(
        f"SELECT count() FROM scan_verdicts FINAL WHERE startsWith(event_id, '{prefix}-')"
    )
    return int(count)


def until_begun(shared: Pipeline, prefix: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not landed(shared, prefix):
        assert time.monotonic() < deadline, shared.log.read_text()[-3000:]
        time.sleep(0.05)


def assert_nothing_lost(shared: Pipeline) -> None:
    found = audit(shared.endpoints)
    assert (found.missing, found.unexpected, found.offenders) == (0, 0, [])


@pytest.mark.parametrize("part", ["kafka", "clickhouse"])
def test_a_service_lost_in_the_middle_of_the_work_is_waited_for(
    shared: Pipeline, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("WATERBED_INGEST_BATCH_ROWS", "300")
    send(shared, f"lost-{part}", MANY)
    with shared.worker() as worker:
        until_begun(shared, f"lost-{part}")
        local.kill(shared.home, part)
        time.sleep(3)
        assert local.up(shared.home, quiet=True) == shared.endpoints
        shared.wait(worker)
    assert landed(shared, f"lost-{part}") == MANY
    assert_nothing_lost(shared)


def test_known_schemas_go_on_while_the_registry_is_away(shared: Pipeline) -> None:
    with shared.worker() as worker, Producer(shared.endpoints) as producer:
        producer.send("BE", Kind.SCAN_VERDICT, scan("known-before"))
        producer.flush()
        shared.wait(worker)
        local.kill(shared.home, "registry")
        producer.send("BE", Kind.SCAN_VERDICT, scan("known-after"))
        producer.flush()
        shared.until(
            "SELECT count() FROM scan_verdicts FINAL WHERE startsWith(event_id, 'known-')", [(2,)]
        )
        assert local.up(shared.home, quiet=True) == shared.endpoints
