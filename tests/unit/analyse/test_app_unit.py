"""Settings and driver of the Faust app, without a broker."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from streams.analyse.app import HAND_OVER, build, settings
from streams.analyse.transport import CommittedConsumer, CommittedTransport
from streams.settings import Endpoints

ENDPOINTS = Endpoints(kafka="h1:1,h2:2", registry="http://h", clickhouse="http://h", database="d")


def test_all_brokers_are_known_to_the_app(tmp_path: Path) -> None:
    assert settings(ENDPOINTS, tmp_path)["broker"] == ["kafka://h1:1", "kafka://h2:2"]


def test_a_rebalance_outlasts_the_wait_for_the_batch_under_way(tmp_path: Path) -> None:
    chosen = settings(ENDPOINTS, tmp_path)

    assert chosen["broker_rebalance_timeout"] > HAND_OVER
    assert chosen["broker_heartbeat_interval"] * 3 < chosen["broker_session_timeout"]


def test_the_app_reads_through_the_committed_transport(tmp_path: Path) -> None:
    app = build(ENDPOINTS, tmp_path)

    assert isinstance(app.transport, CommittedTransport)
    assert app.transport.Consumer is CommittedConsumer
    assert [agent.concurrency for agent in app.agents.values()] == [1]


@pytest.mark.parametrize(("generation", "counts"), [(7, True), (6, False)])
def test_an_ack_counts_only_in_the_assignment_it_was_read_in(
    monkeypatch: pytest.MonkeyPatch, generation: int, counts: bool
) -> None:
    acked = []
    monkeypatch.setattr(
        "faust.transport.consumer.Consumer.ack",
        lambda _, message: bool(acked.append(message)) or True,
    )
    consumer = object.__new__(CommittedConsumer)
    consumer.app = SimpleNamespace(consumer_generation_id=7)

    assert consumer.ack(SimpleNamespace(generation_id=generation)) is counts
    assert len(acked) == counts
