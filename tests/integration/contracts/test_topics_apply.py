import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from streams.contracts.topics import Topic, Topics, declared
from streams.errors import RetryError, StopError


@pytest.fixture
def topics(stack) -> Topics:
    return Topics(stack.endpoints.kafka)


@pytest.fixture
def name() -> str:
    return f"test.{uuid4().hex[:8]}.v1"


@pytest.fixture
def admin(stack) -> AdminClient:
    return AdminClient({"bootstrap.servers": stack.endpoints.kafka})


def setting(admin: AdminClient, topic: str, key: str) -> str:
    """Ask the broker directly, without our code."""
    [answer] = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    return answer.result(10)[key].value


def partitions(admin: AdminClient, topic: str) -> int:
    return len(admin.list_topics(topic, timeout=10).topics[topic].partitions)


def until(is_so: Callable[[], bool]) -> None:
    """A broker may answer with the state of a moment ago."""
    for _ in range(100):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("the broker did not change")


def test_the_declared_topics_are_made_and_then_nothing_is_left_to_do(topics, admin):
    topics.apply(declared())

    until(lambda: topics.diff(declared()) == [])
    assert topics.apply(declared()) == []
    assert partitions(admin, "customs.br.scan-verdict.v1") == 4
    assert setting(admin, "customs.br.itinerary.v1", "cleanup.policy") == "compact"
    assert setting(admin, "customs.br.scan-verdict.v1", "message.timestamp.type") == "LogAppendTime"


def test_changes_are_shown_before_they_are_made(topics, admin, name):
    def show(changes):
        assert [(c.topic, c.was, c.becomes) for c in changes] == [(name, None, "1")]
        assert name not in admin.list_topics(timeout=10).topics

    topics.apply([Topic(name, 1, {})], show)

    until(lambda: name in admin.list_topics(timeout=10).topics)


def test_partitions_are_raised_and_settings_altered(topics, admin, name):
    topics.apply([Topic(name, 1, {"retention.ms": "1000000"})])
    until(lambda: name in admin.list_topics(timeout=10).topics)
    wanted = [Topic(name, 3, {"retention.ms": "2000000", "cleanup.policy": "compact"})]

    changes = topics.apply(wanted)

    assert {c.what for c in changes} == {"partitions", "retention.ms", "cleanup.policy"}
    until(lambda: partitions(admin, name) == 3 and topics.diff(wanted) == [])
    assert setting(admin, name, "retention.ms") == "2000000"
    assert setting(admin, name, "cleanup.policy") == "compact"


def test_a_setting_changed_by_hand_is_set_back(topics, admin, name):
    wanted = [Topic(name, 1, {"retention.ms": "1000000"})]
    topics.apply(wanted)
    until(lambda: topics.diff(wanted) == [])
    entry = ConfigEntry("retention.ms", "-1", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(10)
    until(lambda: topics.diff(wanted) != [])

    topics.apply(wanted)

    until(lambda: setting(admin, name, "retention.ms") == "1000000")


def test_partitions_are_never_taken_away(topics, name):
    topics.apply([Topic(name, 2, {})])
    until(lambda: topics.diff([Topic(name, 2, {})]) == [])

    with pytest.raises(StopError, match="can't take any away"):
        topics.apply([Topic(name, 1, {})])


def test_a_setting_that_kafka_does_not_know_is_refused(topics, name):
    with pytest.raises(StopError, match="Kafka refuses"):
        topics.apply([Topic(name, 1, {"retention.mss": "5"})])


def test_kafka_away_is_told_with_what_to_do(monkeypatch):
    monkeypatch.setattr("streams.contracts.topics._SECONDS", 1)

    with pytest.raises(RetryError, match="Start it \\(waterbed local up\\)"):
        Topics("127.0.0.1:1").diff(declared())
