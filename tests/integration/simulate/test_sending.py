"""Both commands on the real stack: what they say they sent is what the topics hold."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import fastavro
import pytest
from confluent_kafka import Message
from kafka_log import added, ends

from streams.contracts.encode import unframe
from streams.contracts.schema import load
from streams.errors import DeadLetterError
from streams.names import event_topic, event_topics
from streams.prepare import prepare
from streams.settings import Endpoints
from streams.simulate.events import events
from streams.simulate.history import PUBLISHED, prepare_history, send
from streams.simulate.spoil import decodes

COMMAND = [sys.executable, "-c", "from streams.cli import main; main()"]


@pytest.fixture(scope="module")
def ready(module_database: Endpoints) -> Endpoints:
    prepare(module_database)
    return module_database


def environment(endpoints: Endpoints) -> dict[str, str]:
    named = {f"WATERBED_{name.upper()}": value for name, value in endpoints.model_dump().items()}
    return os.environ | named


def waterbed(endpoints: Endpoints, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, *arguments, "--json"],
        env=environment(endpoints),
        capture_output=True,
        check=True,
        timeout=120,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def record(message: Message) -> dict[str, Any] | None:
    """The event of a message, None where it is garbled."""
    _, kind = event_topics()[str(message.topic())]
    try:
        _, body = unframe(message.value() or b"")
    except DeadLetterError:
        return None
    if not decodes(body, load(kind)):
        return None
    event = fastavro.schemaless_reader(io.BytesIO(body), load(kind), None)
    assert isinstance(event, dict)
    return event


def test_loading_twice_leaves_the_same_events(ready: Endpoints) -> None:
    before = ends(ready)
    reports = [waterbed(ready, "load-history") for _ in range(2)]
    assert reports[0] == reports[1]
    messages = added(ready, before)
    assert len(messages) == 2 * reports[0]["sent"] == 552
    values: dict[tuple[str | None, bytes | None], set[bytes | None]] = defaultdict(set)
    for message in messages:
        values[message.topic(), message.key()].add(message.value())
    assert len(values) == 276
    assert all(len(of_one) == 1 for of_one in values.values())
    assert Counter(topic for topic, _ in values) == reports[0]["by_topic"]


def test_history_arrives_as_it_was_read(ready: Endpoints) -> None:
    before = ends(ready)
    prepared = prepare_history(PUBLISHED).events
    send(prepared, ready)
    sent = {event["event_id"]: event for event in prepared}
    came = [record(message) for message in added(ready, before)]
    assert {event["event_id"]: event for event in came if event} == sent


def test_truth_is_what_the_topics_hold(ready: Endpoints, tmp_path: Path) -> None:
    before = ends(ready)
    start = "2026-10-01T00:00:00Z"
    options = ["--seed", "11", "--rate", "2000", "--duration", "2", "--faults", "0.2"]
    told = waterbed(
        ready, "simulate", *options, "--as-fast-as-possible", "--start", start,
        "--truth", str(tmp_path / "truth.jsonl"),
    )  # fmt: skip
    truth = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_bytes().splitlines()]
    messages = added(ready, before)
    assert len(messages) == len(truth) == told["sent"]
    assert Counter(message.topic() for message in messages) == told["by_topic"]
    whole = {"EMPTY", "NO_FRAME", "UNDECODABLE", "TRAILING_BYTES"}
    expected = Counter(line["id"] for line in truth if not whole & set(line["reasons"]))
    came = Counter(event["event_id"] for event in map(record, messages) if event)
    assert came == expected


def test_events_on_the_wire_are_the_generators(ready: Endpoints) -> None:
    before = ends(ready)
    start = "2026-10-02T00:00:00Z"
    options = ["--seed", "12", "--rate", "500", "--duration", "2"]
    waterbed(ready, "simulate", *options, "--as-fast-as-possible", "--start", start)
    stream = {s.event["event_id"]: s for s in events(12, 500.0, 1_790_899_200_000, 2)}
    came = added(ready, before)
    assert len(came) == len(stream)
    for message in came:
        event = record(message)
        assert event is not None
        sent = stream[event["event_id"]]
        assert message.topic() == event_topic(sent.partner, sent.kind)
        assert message.key() == sent.key.encode()
        assert event["occurred_at"].timestamp() * 1000 == pytest.approx(sent.event["occurred_at"])
        assert event["provenance"] == "SYNTHETIC"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_cleanly_and_tells_what_was_sent(
    ready: Endpoints, tmp_path: Path, number: signal.Signals
) -> None:
    before = ends(ready)
    truth = tmp_path / "truth.jsonl"
    command = [*COMMAND, "simulate", "--rate", "200", "--truth", str(truth), "--json"]
    with subprocess.Popen(
        command, env=environment(ready), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        while ends(ready) == before and process.poll() is None:
            time.sleep(0.2)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    told = json.loads(output)
    assert told["stopped"]
    assert len(added(ready, before)) == told["sent"] == len(truth.read_bytes().splitlines())
