"""`waterbed analyse` as a process, on a real broker, registry and ClickHouse."""

import signal
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from analyse_oracle import START, Event, activity, daily, insert, oracle, touched, traffic
from analyse_wire import Analyse, published, send_raw, touch, wait_until_current
from clickhouse_connect.driver.client import Client
from confluent_kafka import Consumer, TopicPartition

from streams.analyse.lag import aggregates_lag
from streams.names import ANALYSE_GROUP, Kind
from streams.settings import Endpoints

Start = Callable[..., Analyse]

SCAN = Event(Kind.SCAN_VERDICT, START, "BRSSZ/BTP", "scan-1", verdict="SUSPECT")


def test_touched_windows_become_aggregates_and_published_sums(
    prepared: Endpoints, store: Client, start: Start
) -> None:
    events = traffic(seed=11, count=200, site="APPA1")
    insert(store, events)
    start()

    touch(prepared, touched(events))
    wait_until_current(prepared)

    assert activity(store) == oracle(events)
    expected = {key: totals for key, totals in daily(events).items() if any(totals)}
    assert sums_published(prepared, "APPA1") == expected


def sums_published(endpoints: Endpoints, place: str) -> dict:
    """Give the newest published sums of a place that are not zero, as `daily` gives them."""
    found = {}
    for said in published(endpoints).values():
        totals = tuple(
            said[name]
            for name in ("scans", "suspects", "inconclusive", "camera_events", "seizures", "kilos")
        )
        if said["interception_place"] == place and any(totals):
            key = (
                said["day"], said["date_precision"], said["origin"], said["intended_destination"],
                said["interception_place"], said["direction"], said["provenance"],
            )  # fmt: skip
            found[key] = (*totals[:5], Decimal(str(totals[5])))
    return found


def test_an_emptied_window_is_published_as_zero(
    prepared: Endpoints, store: Client, start: Start
) -> None:
    scan = replace(SCAN, site="APPA2")
    start()
    insert(store, [scan])
    touch(prepared, touched([scan]))
    wait_until_current(prepared)
    insert(store, [replace(scan, version=9, retracted=1)])

    touch(prepared, touched([scan]))
    wait_until_current(prepared)

    messages = [m for m in published(prepared).values() if m["interception_place"] == "APPA2"]
    assert [(m["scans"], m["corridor"]) for m in messages] == [(0, "PYASU>NLRTM")]


def test_windows_of_an_aborted_transaction_are_not_computed(
    prepared: Endpoints, store: Client, start: Start
) -> None:
    aborted, committed = replace(SCAN, site="APPA3"), replace(SCAN, site="APPA4")
    insert(store, [aborted, committed])
    start()

    touch(prepared, touched([aborted]), commit=False)
    touch(prepared, touched([committed]))
    wait_until_current(prepared)

    assert activity(store) == oracle([committed])


def test_killed_again_and_again_it_ends_with_the_same_aggregates(
    prepared: Endpoints, store: Client, start: Start
) -> None:
    events = traffic(seed=12, count=900, site="APPA5")
    worker = start()
    for part in range(9):
        landed = events[part::9]
        insert(store, landed)
        touch(prepared, touched(landed))
        if part % 3 == 2:
            wait_for_some_aggregate(store)
            worker.kill()
            worker = start()
    wait_until_current(prepared)

    assert activity(store) == oracle(events)
    expected = {key: totals for key, totals in daily(events).items() if any(totals)}
    assert sums_published(prepared, "APPA5") == expected


def wait_for_some_aggregate(store: Client) -> None:
    while not activity(store):
        time.sleep(0.1)


def test_two_workers_share_the_windows(prepared: Endpoints, store: Client, start: Start) -> None:
    events = traffic(seed=13, count=600, site="APPA6")
    start()
    start()
    for part in range(6):
        insert(store, events[part::6])
        touch(prepared, touched(events[part::6]))
        time.sleep(0.5)
    wait_until_current(prepared)

    assert activity(store) == oracle(events)


def test_a_lost_clickhouse_is_waited_for(
    stack: Any, prepared: Endpoints, store: Client, start: Start
) -> None:
    scan = replace(SCAN, site="APPA7")
    insert(store, [scan])
    worker = start()
    wait_until_current(prepared)
    stack.kill("clickhouse")
    try:
        touch(prepared, touched([scan]))
        wait_for_log(worker, "trying again")
    finally:
        stack.heal()
    wait_until_current(prepared)

    assert activity(store) == oracle([scan])
    assert worker.process.poll() is None


def test_a_batch_that_a_stop_interrupts_is_left_to_the_next_worker(
    stack: Any, prepared: Endpoints, store: Client, start: Start
) -> None:
    """Faust's `take` acknowledges what its handler was cancelled in: the window would be lost."""
    scan = replace(SCAN, site="APPB1")
    insert(store, [scan])
    first = start()
    wait_until_current(prepared)
    stack.kill("clickhouse")
    try:
        touch(prepared, touched([scan]))
        wait_for_log(first, "trying again")
        start()  # takes over: a rebalance and a stop amid the same batch
        assert first.stop() == 0
    finally:
        stack.heal()
    wait_until_current(prepared)

    assert activity(store) == oracle([scan])


def test_a_lost_broker_is_waited_for(
    stack: Any, prepared: Endpoints, store: Client, start: Start
) -> None:
    scan = replace(SCAN, site="APPA9")
    insert(store, [scan])
    worker = start()
    wait_for_log(worker, "aggregates are kept")
    stack.kill("kafka")
    late = start()  # one that starts without a broker waits too
    wait_for_log(late, "wait_for_kafka")
    stack.heal()

    touch(prepared, touched([scan]))
    wait_until_current(prepared)

    assert activity(store) == oracle([scan])
    assert worker.process.poll() is None
    assert late.process.poll() is None


def wait_for_log(worker: Analyse, text: str) -> None:
    while text not in worker.log.read_text():
        assert worker.process.poll() is None, worker.log.read_text()
        time.sleep(0.2)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked(start: Start, by: signal.Signals) -> None:
    worker = start()
    wait_for_log(worker, "aggregates are kept")

    assert worker.stop(by) == 0


def test_what_is_no_touched_window_stops_it_with_an_error(
    prepared: Endpoints, start: Start
) -> None:
    place = send_raw(prepared, b"not a touched window")
    worker = start()
    try:
        assert worker.process.wait(timeout=60) == 1
        assert f"partition {place.partition} offset {place.offset}" in worker.log.read_text()
        assert aggregates_lag(prepared).records > 0
    finally:
        skip(prepared, place)


def skip(endpoints: Endpoints, place: TopicPartition) -> None:
    """Commit past a message, as a person would who has dealt with it."""
    consumer = Consumer({"bootstrap.servers": endpoints.kafka, "group.id": ANALYSE_GROUP})
    past = TopicPartition(place.topic, place.partition, place.offset + 1)
    for _ in range(30):
        try:
            consumer.commit(offsets=[past], asynchronous=False)
        except Exception:  # noqa: BLE001 - the dead worker's session must end first
            time.sleep(1)
        else:
            break
    consumer.close()


def test_the_lag_is_none_when_current_and_counts_what_waits(prepared: Endpoints) -> None:
    before = aggregates_lag(prepared)

    touch(prepared, touched([replace(SCAN, site="APPA8")]))
    after = aggregates_lag(prepared)

    assert before.age_seconds is None
    assert after.records > before.records
    assert after.seconds > 0
