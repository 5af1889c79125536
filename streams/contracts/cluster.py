"""Asks Kafka for its topics and makes them equal to the declared ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not in __all__
    AdminClient,
    AlterConfigOpType,
    ClusterMetadata,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from streams.contracts.topics import Change, Found, Topic, declared, plan
from streams.errors import RetryError, StopError
from streams.waiting import wait_for

#: Seconds to wait for an answer.
ANSWER: Final = 15.0

T = TypeVar("T")


class Cluster:
    """Topics of one Kafka cluster.

    Every method raises RetryError when Kafka is away, StopError when it refuses.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": bootstrap,
            # Otherwise librdkafka writes connection errors to stderr beside our own message.
            "log_level": 0,
        }
        self._admin = AdminClient(settings)

    def wait_ready(self, timeout: float) -> None:
        """Wait until Kafka answers, at most `timeout` seconds."""
        wait_for(self._names, timeout)

    def topics(self, names: Iterable[str]) -> dict[str, Found]:
        """Give those of the named topics that exist."""
        counts = {name: count for name, count in self._names().items() if name in set(names)}
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in counts]
        answers = self._admin.describe_configs(resources, request_timeout=ANSWER)
        settings = {resource.name: self._result(future) for resource, future in answers.items()}
        return {name: Found(count, _own(settings[name])) for name, count in counts.items()}

    def changes(self, wanted: Sequence[Topic]) -> list[Change]:
        """Give what differs from the declared topics."""
        return plan(wanted, self.topics(topic.name for topic in wanted))

    def apply(self, wanted: Sequence[Topic], changes: Sequence[Change]) -> None:
        """Make the changes; one that another has made meanwhile is no error."""
        by_name = {topic.name: topic for topic in wanted}
        self._create([by_name[change.topic] for change in changes if change.what == "create"])
        self._raise({c.topic: int(c.new) for c in changes if c.what == "partitions"})
        self._configure([change for change in changes if change.what in {"set", "unset"}])

    def _create(self, topics: Sequence[Topic]) -> None:
        new = [NewTopic(t.name, t.partitions, config=t.settings()) for t in topics]
        for future in self._admin.create_topics(new).values() if new else ():
            with suppress(FileExistsError):
                self._result(future)

    def _raise(self, counts: Mapping[str, int]) -> None:
        new = [NewPartitions(name, count) for name, count in counts.items()]
        for future in self._admin.create_partitions(new).values() if new else ():
            self._result(future)

    def _configure(self, changes: Sequence[Change]) -> None:
        resources = [_resource(name, changes) for name in sorted({c.topic for c in changes})]
        done = self._admin.incremental_alter_configs(resources) if resources else {}
        for future in done.values():
            self._result(future)

    def _names(self) -> dict[str, int]:
        found: ClusterMetadata = self._told(lambda: self._admin.list_topics(timeout=ANSWER))
        return {name: len(topic.partitions) for name, topic in found.topics.items()}

    def _result(self, future: Any) -> Any:  # noqa: ANN401 - its type varies
        return self._told(lambda: future.result(timeout=ANSWER))

    def _told(self, request: Callable[[], T]) -> T:
        """Turn Kafka's errors into ours."""
        try:
            return request()
        except KafkaException as error:
            reason: KafkaError = error.args[0]
            if reason.code() == KafkaError.TOPIC_ALREADY_EXISTS:
                raise FileExistsError(reason.str()) from error
            if reason.retriable() or reason.code() < 0:  # below zero: never reached a broker
                raise RetryError(
                    f"Kafka does not answer at {self._bootstrap}: {reason.str()}. Start it "
                    "(waterbed local up) or correct WATERBED_KAFKA."
                ) from error
            raise StopError(f"Kafka at {self._bootstrap} refused: {reason.str()}") from error


def apply_declared(bootstrap: str) -> list[Change]:
    """Make the cluster equal to the declared topics; gives what was changed. Safe to repeat."""
    cluster, wanted = Cluster(bootstrap), declared()
    changes = cluster.changes(wanted)
    cluster.apply(wanted, changes)
    return changes


def _own(entries: Mapping[str, ConfigEntry]) -> dict[str, str]:
    """Give the settings that are set on the topic itself, not by the broker or by default."""
    own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    return {e.name: str(e.value) for e in entries.values() if e.source == own}


def _resource(name: str, changes: Sequence[Change]) -> ConfigResource:
    entries = [
        ConfigEntry(
            change.setting,
            change.new if change.what == "set" else None,
            incremental_operation=AlterConfigOpType.SET
            if change.what == "set"
            else AlterConfigOpType.DELETE,
        )
        for change in changes
        if change.topic == name
    ]
    return ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries)
