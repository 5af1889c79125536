"""Sending: pace, truth, counts, stopping."""

import io
import json
import signal
import struct
from typing import Any

import orjson
import pytest

from streams.names import Kind
from streams.simulate.events import events
from streams.simulate.send import UNKNOWN_ID, Pace, send_all
from streams.simulate.sent import Fault, Framing, Sent
from streams.simulate.stopping import Stopping

START = 1_790_000_000_000


class Tape:
    """Append-only, so a message sent twice shows."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Kind, dict[str, Any], str | None, bytes | None]] = []

    def send(
        self,
        partner: str,
        kind: Kind,
        event: dict[str, Any],
        *,
        key: str | None = None,
        corrupt: bytes | None = None,
    ) -> None:
        self.messages.append((partner, kind, event, key, corrupt))


class Clock:
    """Moves only when waited on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return False


def schema_id(topic: str) -> int:
    return {"customs.br.scan-verdict.v1": 11}.get(topic, 5)


def test_truth_and_summary_tell_what_was_handed_over() -> None:
    stream = list(events(4, 1000.0, START, 5, 0.2))
    tape, truth = Tape(), io.BytesIO()
    summary = send_all(stream, tape, schema_id, truth=truth).as_json()
    lines = [json.loads(line) for line in truth.getvalue().splitlines()]
    assert lines == [json.loads(json.dumps(sent.truth())) for sent in stream]
    assert len(tape.messages) == summary["sent"] == sum(summary["by_topic"].values())
    assert sum(summary["faults"].values()) == sum(line["fault"] is not None for line in lines)
    assert summary["expected"]["duplicate"] == summary["faults"]["repeated"]
    assert not summary["stopped"]
    assert json.loads(orjson.dumps(summary)) == summary


def test_spoiled_bodies_go_out_in_their_framing() -> None:
    stream = [sent for sent in events(4, 1000.0, START, 20, 0.3) if sent.spoiled]
    tape = Tape()
    send_all(stream, tape, schema_id)
    framings = set()
    for sent, (*_, value) in zip(stream, tape.messages, strict=True):
        assert sent.spoiled is not None
        assert value is not None
        framings.add(sent.spoiled.framing)
        if sent.spoiled.framing is Framing.NONE:
            assert value[:1] != b"\0"
            continue
        magic, number = struct.unpack(">bI", value[:5])
        own = schema_id(f"customs.{sent.partner.lower()}.{sent.kind}.v1")
        expected = UNKNOWN_ID if sent.spoiled.framing is Framing.UNKNOWN else own
        assert (magic, number, value[5:]) == (0, expected, sent.spoiled.body)
    assert framings == set(Framing)


def test_whole_events_go_out_as_events() -> None:
    tape = Tape()
    stream = list(events(4, 1000.0, START, 1))
    send_all(stream, tape, schema_id)
    assert [message[2] for message in tape.messages] == [sent.event for sent in stream]
    assert {message[4] for message in tape.messages} == {None}


def test_pace_gives_each_message_when_it_is_due() -> None:
    clock = Clock()
    for sent in Pace(clock.read, clock.wait).hold(events(4, 50.0, START, 4), START):
        assert clock.now - 100.0 == pytest.approx((sent.at - START) / 1000, abs=0.003)
    assert sum(clock.waits) == pytest.approx(3.98, abs=0.01)


def test_pace_behind_its_time_does_not_wait() -> None:
    clock = Clock()
    stream = Pace(clock.read, clock.wait).hold(events(4, 50.0, START, 4), START)
    next(stream)
    clock.now += 60
    assert len(list(stream)) == 199
    assert clock.waits == []


def test_pace_ends_when_told_to_while_waiting() -> None:
    clock = Clock()
    assert len(list(Pace(clock.read, lambda _: True).hold(events(4, 10.0, START, 4), START))) == 1


def test_stop_ends_between_two_messages() -> None:
    tape, truth = Tape(), io.BytesIO()
    stream = events(4, 100.0, START, None)
    summary = send_all(
        stream, tape, schema_id, truth=truth, stop=lambda: len(tape.messages) == 120
    ).as_json()
    assert summary["stopped"]
    assert len(tape.messages) == summary["sent"] == len(truth.getvalue().splitlines()) == 120


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_asks_and_a_second_acts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Stopping() as stopping:
        assert not stopping.asked()
        signal.raise_signal(number)
        assert stopping.asked()
        assert stopping.wait(60)
        assert signal.getsignal(number) is before
    assert signal.getsignal(number) is before


def test_signals_are_as_before_when_none_came() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Stopping():
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_truth_of_a_fault_names_it() -> None:
    sent = Sent("BR", Kind.ITINERARY, {"event_id": "x"}, "k", START, fault=Fault.LATE)
    assert sent.truth()["fault"] == "late"
    assert sent.truth()["expected"] == "landed"
