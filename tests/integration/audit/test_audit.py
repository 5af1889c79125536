"""The audit is clean after a real ingest, and finds each fault that is planted."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_example import PARTNER, example

from streams.audit import Offender, audit
from streams.audit.report import Reason
from streams.names import Kind, event_topic
from streams.partners.producer import Producer
from streams.settings import Endpoints
from streams.store.client import connect

Change = Callable[[str], None]
Ingested = tuple[Endpoints, int, int]


def found(endpoints: Endpoints) -> set[Offender]:
    report = audit(endpoints)
    assert report.counts.total() == len(report.offenders)
    return set(report.offenders)


def place(endpoints: Endpoints, query: str) -> tuple[str, int, int]:
    """Topic, partition and offset of the one row that a query selects."""
    with connect(endpoints) as client:
        [(topic, partition, offset)] = client.query(query).result_rows
    return str(topic), int(partition), int(offset)


def origin(endpoints: Endpoints, table: str, condition: str) -> tuple[str, int, int]:
    return place(
        endpoints, f"SELECT topic, partition, offset FROM {table} WHERE {condition} LIMIT 1"
    )


def test_every_message_of_an_ingest_with_garbage_is_accounted_for(ingested: Ingested) -> None:
    endpoints, sent, set_apart = ingested
    report = audit(endpoints)
    assert report.offenders == []
    assert report.clean
    assert report.offsets_checked == sent
    assert report.dead_letters == set_apart


def test_it_leaves_no_database_behind(ingested: Ingested) -> None:
    audit(ingested[0])
    with connect(ingested[0]) as client:
        names = [row[0] for row in client.query("SHOW DATABASES").result_rows]
    assert not [name for name in names if name.startswith("audit_")]


def test_finds_a_deleted_row(copy: Endpoints, change: Change) -> None:
    gone = origin(copy, "scan_verdicts", "event_id = 'right'")
    change("ALTER TABLE scan_verdicts DELETE WHERE event_id = 'right'")
    assert found(copy) == {Offender(*gone, Reason.NO_ROW)}


@pytest.mark.parametrize(
    ("table", "key", "spoil"),
    [
        ("seizure_reports", "event_id = 's'", "quantity_kg = 7.6"),
        ("seizure_reports", "event_id = 's'", "container_number = 'x'"),
        ("scan_verdicts", "event_id = 'right'", "verdict = 'INCONCLUSIVE'"),
        ("scan_verdicts", "event_id = 'right'", "occurred_at = occurred_at + 1"),
        ("itineraries", "event_id = 'newer'", "status = 'WITHDRAWN'"),
    ],
)
def test_finds_a_changed_row(
    copy: Endpoints, change: Change, table: str, key: str, spoil: str
) -> None:
    where = origin(copy, table, key)
    change(f"ALTER TABLE {table} UPDATE {spoil} WHERE {key}")
    assert found(copy) == {Offender(*where, Reason.OTHER_CONTENT)}


def test_finds_a_row_that_nobody_sent(copy: Endpoints, change: Change) -> None:
    where = origin(copy, "scan_verdicts", "event_id = 'right'")
    change(
        "INSERT INTO scan_verdicts SELECT * REPLACE ('invented' AS event_id) "
        "FROM scan_verdicts AS s WHERE s.event_id = 'right'"
    )
    assert found(copy) == {Offender(*where, Reason.NO_MESSAGE)}


def test_finds_a_row_at_another_minute(copy: Endpoints, change: Change) -> None:
    where = origin(copy, "scan_verdicts", "event_id = 'right'")
    change(
        "INSERT INTO scan_verdicts SELECT * REPLACE (minute + 60 AS minute) "
        "FROM scan_verdicts AS s WHERE s.event_id = 'right'"
    )
    assert found(copy) == {Offender(*where, Reason.NO_MESSAGE)}


def test_finds_a_row_of_an_offset_to_come(copy: Endpoints, change: Change) -> None:
    topic, partition, _ = origin(copy, "scan_verdicts", "event_id = 'right'")
    change(
        "INSERT INTO scan_verdicts SELECT * REPLACE (1000000 AS offset) "
        "FROM scan_verdicts AS s WHERE s.event_id = 'right'"
    )
    assert found(copy) == {Offender(topic, partition, 1_000_000, Reason.BEYOND_END)}


def test_finds_a_lost_tombstone(copy: Endpoints, change: Change) -> None:
    withdrawal = origin(copy, "scan_verdicts", "event_id = 'withdrawn' AND retracted")
    event = origin(copy, "scan_verdicts", "event_id = 'right'")
    change("ALTER TABLE scan_verdicts DELETE WHERE event_id = 'withdrawn' AND retracted")
    change(
        "INSERT INTO scan_verdicts SELECT * REPLACE ('withdrawn' AS event_id, "
        f"{event[1]} AS partition, {event[2]} AS offset) "
        "FROM scan_verdicts AS s WHERE s.event_id = 'right'"
    )
    assert Offender(*withdrawal, Reason.NOT_RETRACTED) in found(copy)


def test_finds_an_itinerary_that_lost_to_an_older_one(copy: Endpoints, change: Change) -> None:
    newer = origin(copy, "itineraries", "event_id = 'newer'")
    change(
        "INSERT INTO itineraries SELECT * REPLACE (version - 1000000000000 AS version, 77 AS flags)"
        " FROM itineraries AS i FINAL WHERE i.event_id = 'newer'"
    )
    change("ALTER TABLE itineraries DELETE WHERE event_id = 'newer' AND flags != 77")
    assert found(copy) == {Offender(*newer, Reason.OLDER_ROW)}


def test_finds_a_dead_letter_missing_from_the_table(copy: Endpoints, change: Change) -> None:
    topic, partition, offset = origin(copy, "dead_letters", "reason = 'UNDECODABLE'")
    change(
        f"ALTER TABLE dead_letters DELETE WHERE topic = '{topic}' AND partition = {partition} "
        f"AND offset = {offset}"
    )
    assert found(copy) == {Offender(topic, partition, offset, Reason.NOT_IN_TABLE)}


def test_finds_a_dead_letter_of_what_landed(copy: Endpoints, change: Change) -> None:
    where = origin(copy, "seizure_reports", "event_id = 's'")
    change(
        "INSERT INTO dead_letters (topic, partition, offset, received_at, partner) "
        f"VALUES ('{where[0]}', {where[1]}, {where[2]}, now64(3), '{PARTNER}')"
    )
    assert found(copy) == {
        Offender(*where, Reason.NOT_ON_TOPIC),
        Offender(*where, Reason.DEAD_AND_LANDED),
    }


@pytest.mark.parametrize(
    ("corrupt", "reason"), [(None, Reason.NO_ROW), (b"garbage", Reason.NO_DEAD_LETTER)]
)
def test_finds_an_offset_that_was_committed_and_never_handled(
    ingested: Ingested, skip: Any, corrupt: bytes | None, reason: Reason
) -> None:
    endpoints, _, _ = ingested
    event = example(Kind.SEIZURE_REPORT) | {"event_id": f"skipped-{reason}"}
    with Producer(endpoints) as producer:
        producer.send("NL", Kind.SEIZURE_REPORT, event | {"country": "NL"}, corrupt=corrupt)
    topic = event_topic("NL", Kind.SEIZURE_REPORT)
    partition, last = skip(topic)
    assert Offender(topic, partition, last, reason) in found(endpoints)


def test_the_command_prints_json_and_fails_when_something_is_missing(
    copy: Endpoints, change: Change
) -> None:
    clean = run_command(copy)
    change("ALTER TABLE scan_verdicts DELETE WHERE event_id = 'right'")
    spoiled = run_command(copy)
    assert clean.returncode == 0
    assert spoiled.returncode == 1
    assert json.loads(clean.stdout)["missing"] == 0
    told = json.loads(spoiled.stdout)
    assert (told["missing"], told["unexpected"], len(told["offenders"])) == (1, 0, 1)


def run_command(endpoints: Endpoints) -> subprocess.CompletedProcess[str]:
    environment = {f"WATERBED_{k.upper()}": v for k, v in endpoints.model_dump().items()}
    return subprocess.run(
        [Path(sys.executable).parent / "waterbed", "audit", "--json"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
