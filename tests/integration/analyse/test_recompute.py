"""The statements on a real ClickHouse, against sums computed in plain Python."""

from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from itertools import count

import pytest
from analyse_oracle import (
    START,
    Event,
    activity,
    daily,
    insert,
    oracle,
    shuffled,
    touched,
    traffic,
)
from clickhouse_connect.driver.binding import bind_query
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.analyse.recompute import parameters, recompute, recompute_statement, sums
from streams.analyse.windows import Window, portions
from streams.names import Kind

SCAN = Event(Kind.SCAN_VERDICT, START, "BRSSZ/BTP", "scan-1", verdict="CLEAR")
REVISIONS = count(1)


def compute(store: Client, windows: list[Window]) -> None:
    for portion in portions(windows):
        recompute(store, portion)


def test_aggregates_equal_those_of_plain_python(store: Client) -> None:
    events = traffic(seed=1, count=400)
    insert(store, events)

    compute(store, touched(events))

    assert activity(store) == oracle(events)


def test_windows_that_were_not_touched_are_left_alone(store: Client) -> None:
    other = replace(SCAN, site="BEANR/K913")
    insert(store, [SCAN, other])

    compute(store, touched([SCAN]))

    assert activity(store) == oracle([SCAN])


def test_the_same_rows_landed_twice_count_once(store: Client) -> None:
    for _ in range(3):
        insert(store, [SCAN])
        compute(store, touched([SCAN], next(REVISIONS)))

    assert activity(store) == oracle([SCAN])
    assert sum(measures[0] for measures in activity(store).values()) == 1


def test_a_retracted_event_leaves_zeros(store: Client) -> None:
    insert(store, [SCAN])
    compute(store, touched([SCAN], revision=1))
    insert(store, [replace(SCAN, version=9, retracted=1)])

    compute(store, touched([SCAN], revision=2))

    assert activity(store) == {}
    assert list(activity(store, zeros=True).values()) == [(0, 0, 0, 0, 0, Decimal(0))]


def test_an_event_with_a_new_route_leaves_its_old_corridor(store: Client) -> None:
    rerouted = replace(SCAN, version=2, origin="BRPNG")
    insert(store, [SCAN])
    compute(store, touched([SCAN], revision=1))
    insert(store, [rerouted])

    compute(store, touched([SCAN], revision=2))

    assert activity(store) == oracle([SCAN, rerouted])
    assert len(activity(store, zeros=True)) == 2


def test_an_older_revision_never_beats_a_newer_one(store: Client) -> None:
    insert(store, [SCAN])
    compute(store, touched([SCAN], revision=5))
    store.command(
        "INSERT INTO corridor_activity SELECT * REPLACE (99 AS scans, 4 AS revision) "
        "FROM corridor_activity FINAL"
    )

    assert activity(store) == oracle([SCAN])


def test_computing_again_changes_nothing(store: Client) -> None:
    events = traffic(seed=2, count=100)
    insert(store, events)
    compute(store, touched(events))
    before = activity(store, zeros=True)

    compute(store, touched(events))
    compute(store, touched(events, revision=7))

    assert activity(store, zeros=True) == before


def test_withdrawn_seizures_do_not_count(store: Client) -> None:
    seizure = Event(
        Kind.SEIZURE_REPORT, START, "BEANR", "seizure-1", interception_place="BEANR",
        date_precision="DAY", commodity="cocaine", quantity_kg=Decimal("530.125"),
    )  # fmt: skip
    insert(store, [seizure, replace(seizure, event_id="seizure-2", status="WITHDRAWN")])

    compute(store, touched([seizure]))

    assert list(activity(store).values()) == [(0, 0, 0, 0, 1, Decimal("530.125"))]


def test_kilos_are_summed_exactly(store: Client) -> None:
    seizures = [
        Event(
            Kind.SEIZURE_REPORT, START, "BEANR", f"s-{n}", interception_place="BEANR",
            date_precision="DAY", quantity_kg=Decimal("0.1"),
        )
        for n in range(10)
    ]  # fmt: skip
    insert(store, seizures)

    compute(store, touched(seizures))

    assert [measures[5] for measures in activity(store).values()] == [Decimal("1.000")]


def test_windows_of_many_months_are_computed_in_one_go(store: Client) -> None:
    seizures = [
        Event(
            Kind.SEIZURE_REPORT, START - timedelta(days=31 * n), "BEANR", f"s-{n}",
            interception_place="BEANR", date_precision="DAY", quantity_kg=Decimal(n),
        )
        for n in range(150)
    ]  # fmt: skip
    for at in range(0, 150, 50):
        insert(store, seizures[at : at + 50])

    compute(store, touched(seizures))

    assert activity(store) == oracle(seizures)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), batches=st.integers(1, 5), data=st.data())
def test_any_order_split_and_repetition_gives_the_same(
    store: Client, seed: int, batches: int, data: st.DataObject
) -> None:
    """Each example has sites of its own, so that one database serves all."""
    site = f"S{next(REVISIONS)}"
    events = shuffled(traffic(seed, 40, site), seed + 1)
    for part in range(batches):
        landed = events[part::batches]
        insert(store, landed)
        windows = touched(landed, next(REVISIONS))
        compute(store, windows)
        for window in data.draw(st.lists(st.sampled_from(windows), max_size=3)):
            compute(store, [window])

    found = {group: m for group, m in activity(store).items() if group[2].split("/")[0] == site}
    assert found == oracle(events)


def test_sums_are_those_of_the_touched_days_places_and_corridors(store: Client) -> None:
    events = traffic(seed=3, count=300)
    insert(store, events)
    compute(store, touched(events))

    found = {
        (t.day, t.date_precision, t.origin, t.destination, t.interception_place, t.direction,
         t.provenance): (t.scans, t.suspects, t.inconclusive, t.camera_events, t.seizures, t.kilos)
        for t in sums(store, touched(events))
    }  # fmt: skip

    assert {key: totals for key, totals in found.items() if any(totals)} == daily(events)


def test_a_sum_counts_the_windows_that_were_not_touched_too(store: Client) -> None:
    later = replace(SCAN, event_id="scan-2", minute=START + timedelta(hours=5))
    elsewhere = replace(SCAN, event_id="scan-3", origin="BRPNG", minute=START + timedelta(hours=5))
    insert(store, [SCAN, later, elsewhere])
    compute(store, touched([SCAN, later, elsewhere]))

    found = sums(store, touched([SCAN]))

    assert [(total.corridor, total.scans) for total in found] == [("PYASU>NLRTM", 2)]


def test_an_emptied_sum_is_given_as_zero_under_a_higher_revision(store: Client) -> None:
    insert(store, [SCAN])
    compute(store, touched([SCAN], revision=1))
    before = sums(store, touched([SCAN]))
    insert(store, [replace(SCAN, version=9, retracted=1)])
    compute(store, touched([SCAN], revision=2))

    after = sums(store, touched([SCAN]))

    assert [(t.scans, t.corridor) for t in before + after] == [
        (1, "PYASU>NLRTM"),
        (0, "PYASU>NLRTM"),
    ]
    assert after[0].revision > before[0].revision


@pytest.mark.parametrize("kind", [Kind.SCAN_VERDICT, Kind.CAMERA_EVENT])
def test_recomputing_reads_only_the_touched_part_of_the_table(store: Client, kind: Kind) -> None:
    table = {Kind.SCAN_VERDICT: "scan_verdicts", Kind.CAMERA_EVENT: "camera_events"}[kind]
    store.command(
        f"INSERT INTO {table} (minute, site, event_id) "
        "SELECT toDateTime(%(start)s, 'UTC') + 60 * (number %% 1440), "
        "['BRSSZ/BTP', 'BEANR'][number %% 2 + 1], toString(number) FROM numbers(400000)",
        parameters={"start": int(START.timestamp())},
    )
    store.command(
        "INSERT INTO corridor_activity (kind, window_start, site, origin, revision) "
        f"SELECT '{kind}', minute, site, event_id, 1 FROM {table}"
    )
    windows = [
        Window(kind, int((START + timedelta(minutes=n)).timestamp()), "BRSSZ/BTP", 1)
        for n in range(3)
    ]
    statement, _ = bind_query(recompute_statement(kind), parameters(windows))
    select = statement[statement.index("WITH touched") :]

    plan = [line for (line,) in store.query(f"EXPLAIN indexes = 1 {select}").result_rows]

    for read in (table, "corridor_activity"):
        assert _granules(store, read) > 40
        assert _granules_by_key(plan, read) <= 4


def _granules(store: Client, table: str) -> int:
    parts = "SELECT sum(marks) FROM system.parts WHERE active AND database = currentDatabase()"
    return int(store.query(f"{parts} AND table = '{table}'").first_row[0])


def _granules_by_key(plan: list[str], table: str) -> int:
    """Give the granules of a table that its primary key leaves to be read."""
    reading = next(n for n, line in enumerate(plan) if f".{table})" in line)
    key = next(n for n in range(reading, len(plan)) if "PrimaryKey" in plan[n])
    granules = next(line for line in plan[key:] if "Granules:" in line)
    return int(granules.split(":")[1].split("/")[0])


def test_kinds_of_period_hold_only_what_is_known_to_them(store: Client) -> None:
    seizures = [
        Event(
            Kind.SEIZURE_REPORT, START.replace(month=1, day=1, tzinfo=UTC), "BEANR", precision,
            interception_place="BEANR", date_precision=precision, quantity_kg=Decimal(1),
        )
        for precision in ("MINUTE", "DAY", "MONTH", "YEAR", "UNKNOWN")
    ]  # fmt: skip
    insert(store, seizures)
    compute(store, touched(seizures))

    counted = {
        view: store.query(f"SELECT sum(seizures) FROM activity_{view}").first_row[0]
        for view in ("hourly", "daily", "weekly", "monthly", "yearly")
    }

    assert counted == {"hourly": 0, "daily": 2, "weekly": 2, "monthly": 3, "yearly": 4}


def test_periods_add_up_to_the_windows(store: Client) -> None:
    events = [e for e in traffic(seed=4, count=200) if e.kind != Kind.SEIZURE_REPORT]
    insert(store, events)
    compute(store, touched(events))
    expected = sum(measures[0] for measures in oracle(events).values())

    for view in ("hourly", "daily", "weekly", "monthly", "yearly"):
        rows = store.query(f"SELECT period, sum(scans) FROM activity_{view} GROUP BY period")
        assert sum(scans for _, scans in rows.result_rows) == expected, view
