"""Status on the real stack, and with parts missing."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition

from streams.contracts import examples
from streams.names import INGEST_GROUP, Kind, event_topic
from streams.partners.producer import Producer
from streams.prepare import prepare
from streams.settings import Endpoints
from streams.status import status
from streams.status.lag import Lag
from streams.store.client import connect

TOPIC = event_topic("BE", Kind.SEIZURE_REPORT)


@pytest.fixture
def prepared(database: Endpoints) -> Endpoints:
    prepare(database)
    return database


def nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def only(endpoints: Endpoints) -> Lag:
    [found] = [p for p in status(endpoints).partitions or [] if p.position.topic == TOPIC]
    return found


def commit_all(endpoints: Endpoints) -> None:
    options = {"bootstrap.servers": endpoints.kafka, "group.id": INGEST_GROUP}
    consumer = Consumer(options)
    place = TopicPartition(TOPIC, 0)
    place.offset = consumer.get_watermark_offsets(place, 30)[1]
    consumer.commit(offsets=[place], asynchronous=False)
    consumer.close()


def test_counts_what_waits_and_for_how_long(prepared: Endpoints) -> None:
    commit_all(prepared)
    before = only(prepared)
    event = examples.load(Kind.SEIZURE_REPORT)[0] | {"country": "BE"}
    started = time.time()
    with Producer(prepared) as producer:
        for _ in range(3):
            producer.send("BE", Kind.SEIZURE_REPORT, event | {"event_id": uuid4().hex})
    after = only(prepared)
    asked_within = time.time() - started
    commit_all(prepared)
    done = only(prepared)
    assert (before.records, before.seconds) == (0, 0.0)
    assert after.records == 3
    assert after.position.end == before.position.end + 3
    # The broker's clock and ours are the same here; it may round to a millisecond.
    assert 0 <= after.seconds <= asked_within + 0.002
    assert (done.records, done.position.committed) == (0, after.position.end)


def test_counts_rows_once_and_dead_letters_by_reason(prepared: Endpoints) -> None:
    with connect(prepared) as client:
        for version in (1, 2):
            client.command(
                "INSERT INTO scan_verdicts (minute, site, event_id, version, container_number) "
                f"VALUES (1000, 'BRSSZ', 'a', {version}, 'CSQU3054383'), "
                f"(1000, 'BRSSZ', 'b', {version}, '')"
            )
        client.command(
            "INSERT INTO dead_letters (topic, partition, offset, reason) VALUES "
            "('t', 0, 1, 'EMPTY'), ('t', 0, 1, 'EMPTY'), ('t', 0, 2, 'EMPTY'), "
            "('t', 0, 3, 'NO_SITE')"
        )
    found = status(prepared)
    assert found.tables is not None
    assert found.tables.rows["scan_verdicts"] == 2
    assert found.tables.rows["dead_letters"] == 3
    assert found.tables.dead_letters == {"EMPTY": 2, "NO_SITE": 1}
    assert found.tables.unrouted == 1
    assert found.aggregates is not None
    assert found.aggregates.age_seconds is None
    assert found.away == {}


@pytest.mark.parametrize("away", ["kafka", "registry", "clickhouse"])
def test_names_the_service_that_is_away_and_tells_the_rest(prepared: Endpoints, away: str) -> None:
    address = nowhere() if away == "kafka" else f"http://{nowhere()}"
    found = status(prepared.model_copy(update={away: address}))
    assert set(found.away) == {away}
    assert (found.partitions is None) == (away == "kafka")
    assert (found.tables is None) == (away == "clickhouse")


def test_says_what_to_do_where_tables_are_missing(database: Endpoints) -> None:
    assert "waterbed store migrate" in status(database).away["clickhouse"]


@pytest.mark.parametrize("json_too", [True, False])
def test_the_command_fails_when_a_service_is_away(prepared: Endpoints, json_too: bool) -> None:
    arguments = ["status", *(["--json"] if json_too else [])]
    well = run(prepared, *arguments)
    ill = run(prepared.model_copy(update={"registry": f"http://{nowhere()}"}), *arguments)
    assert (well.returncode, ill.returncode) == (0, 1)
    assert "registry" in ill.stdout
    if json_too:
        told = json.loads(ill.stdout)
        assert set(told["away"]) == {"registry"}
        assert {"end", "committed", "lag_records", "lag_seconds"} <= told["partitions"][0].keys()


def run(endpoints: Endpoints, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {f"WATERBED_{k.upper()}": v for k, v in endpoints.model_dump().items()}
    return subprocess.run(
        [Path(sys.executable).parent / "waterbed", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
