"""From what partners send to the aggregates, through the commands that a user starts."""

from collections import Counter
from decimal import Decimal
from typing import Any

import sent_oracle
from flow_commands import Flow

from streams.audit import audit
from streams.simulate.sent import Outcome
from streams.store.client import connect


def rows(flow: Flow, sql: str) -> list[tuple[Any, ...]]:
    with connect(flow.endpoints) as client:
        return [tuple(row) for row in client.query(sql).result_rows]


def published(flow: Flow) -> sent_oracle.History:
    found = rows(
        flow,
        "SELECT toYear(window_start) AS year, date_precision, origin, destination, "
        "sum(seizures), sum(kilos) FROM corridor_activity FINAL "
        "WHERE provenance = 'OPEN_SOURCE' GROUP BY ALL HAVING sum(seizures) > 0",
    )
    return {(y, p, o, d): (count, Decimal(kilos)) for y, p, o, d, count, kilos in found}


def counted(flow: Flow, columns: str, measure: str) -> Counter[Any]:
    found = rows(
        flow,
        f"SELECT {columns}, sum({measure}) AS n FROM corridor_activity FINAL "
        "WHERE provenance = 'SYNTHETIC' GROUP BY ALL HAVING n > 0",
    )
    return Counter({row[:-1]: row[-1] for row in found})


def assert_current(flow: Flow) -> None:
    way = "interception_place, origin, destination"
    assert published(flow) == sent_oracle.history()
    assert counted(flow, f"{way}, verdict", "scans") == sent_oracle.scans(flow.sent)
    assert counted(flow, way, "camera_events") == sent_oracle.cameras(flow.sent)
    found = rows(
        flow,
        "SELECT interception_place, sum(seizures) AS n, sum(kilos) FROM corridor_activity FINAL "
        "WHERE provenance = 'SYNTHETIC' GROUP BY ALL HAVING n > 0",
    )
    assert {place: (n, kilos) for place, n, kilos in found} == sent_oracle.seizures(flow.sent)


def test_the_aggregates_are_those_counted_from_what_was_sent(flow: Flow) -> None:
    assert_current(flow)
    letters = sum(s.outcome is Outcome.DEAD_LETTERED for s in flow.sent)
    assert rows(flow, "SELECT count() FROM dead_letters FINAL") == [(letters,)]


def test_sending_and_loading_everything_twice_changes_nothing(flow: Flow) -> None:
    flow.run("load-history", "--json")
    flow.tell([s for s in flow.sent if s.outcome is not Outcome.DEAD_LETTERED])
    flow.settle()
    assert_current(flow)
    found = audit(flow.endpoints)
    assert (found.missing, found.unexpected, found.offenders) == (0, 0, [])
