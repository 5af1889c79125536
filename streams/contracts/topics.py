"""Topics from one declarative file, `infra/topics.yaml`, and the broker made equal to it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not re-exported
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from pydantic import BaseModel, ConfigDict, Field

from streams.errors import RetryError, StopError
from streams.names import OPEN, PARTNERS

#: Lies beside the package, in the checkout as in the wheel.
FILE: Final = Path(__file__).resolve().parents[2] / "infra" / "topics.yaml"

_SECONDS: Final = 30


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Defaults(_Strict):
    config: dict[str, str] = {}


class _Entry(_Strict):
    partitions: int = Field(ge=1)
    config: dict[str, str] = {}


class _File(_Strict):
    defaults: _Defaults
    topics: dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be."""

    name: str
    partitions: int
    config: dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the file and the broker; `was` is None for a new topic."""

    topic: str
    what: str
    was: str | None
    becomes: str


def declared(path: Path = FILE) -> list[Topic]:
    """Read the file. Raises StopError naming what is wrong with it."""
    try:
        file = _File.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise StopError(f"{path} is no list of topics: {error}") from error
    return [
        Topic(name, entry.partitions, file.defaults.config | entry.config)
        for pattern, entry in file.topics.items()
        for name in _named(pattern)
    ]


def _named(pattern: str) -> Iterator[str]:
    countries = [partner.lower() for partner in PARTNERS]
    for mark, values in (("<cc>", countries), ("<partner>", [*countries, OPEN.lower()])):
        if mark in pattern:
            yield from (pattern.replace(mark, value) for value in values)
            return
    yield pattern


class Topics:
    """The broker's topics. Every call raises RetryError while the broker is away."""

    def __init__(self, bootstrap: str) -> None:
        # Failures are raised; librdkafka need not print them too.
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
        self._bootstrap = bootstrap

    def diff(self, wanted: list[Topic]) -> list[Change]:
        """What differs, in the file's order; nothing if the broker is as declared."""
        partitions = self._partitions()
        existing = [topic.name for topic in wanted if topic.name in partitions]
        configs = self._configs(existing)
        return [
            change
            for topic in wanted
            for change in _changes(topic, partitions.get(topic.name), configs.get(topic.name, {}))
        ]

    def apply(
        self, wanted: list[Topic], show: Callable[[list[Change]], None] = lambda _: None
    ) -> list[Change]:
        """Make the broker as declared; gives what was changed. Never takes a partition away.

        show: is given the changes before they are made. Topics that are not declared stay as they
        are. Raises StopError if the broker refuses.
        """
        changes = self.diff(wanted)
        show(changes)
        changed = {change.topic for change in changes}
        new = {change.topic for change in changes if change.was is None}
        for topic in wanted:
            if topic.name in new:
                self._create(topic)
            elif topic.name in changed:
                self._alter(topic, [c for c in changes if c.topic == topic.name])
        return changes

    def _partitions(self) -> dict[str, int]:
        try:
            listed = self._admin.list_topics(timeout=_SECONDS).topics
        except KafkaException as error:
            raise RetryError(
                f"Kafka at {self._bootstrap} does not answer. Start it (waterbed local up) or "
                "correct WATERBED_KAFKA."
            ) from error
        return {name: len(found.partitions) for name, found in listed.items()}

    def _configs(self, names: list[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        asked = self._admin.describe_configs([ConfigResource(ResourceType.TOPIC, n) for n in names])
        return {
            resource.name: {key: entry.value for key, entry in _done(future).items()}
            for resource, future in asked.items()
        }

    def _create(self, topic: Topic) -> None:
        new = NewTopic(topic.name, topic.partitions, config=topic.config)
        for future in self._admin.create_topics([new]).values():
            with suppress(FileExistsError):  # another one was quicker
                _done(future)

    def _alter(self, topic: Topic, changes: list[Change]) -> None:
        settings = [c for c in changes if c.what != _PARTITIONS]
        if len(settings) < len(changes):
            new = NewPartitions(topic.name, topic.partitions)
            for future in self._admin.create_partitions([new]).values():
                _done(future)
        if settings:
            entries = [
                ConfigEntry(c.what, c.becomes, incremental_operation=AlterConfigOpType.SET)
                for c in settings
            ]
            resource = ConfigResource(ResourceType.TOPIC, topic.name, incremental_configs=entries)
            for future in self._admin.incremental_alter_configs([resource]).values():
                _done(future)


_PARTITIONS: Final = "partitions"


def _changes(topic: Topic, partitions: int | None, config: dict[str, str]) -> Iterator[Change]:
    if partitions is None:
        yield Change(topic.name, _PARTITIONS, None, str(topic.partitions))
        return
    if partitions > topic.partitions:
        raise StopError(
            f"{topic.name} has {partitions} partitions and Kafka can't take any away: "
            f"write {partitions} into {FILE.name}"
        )
    if partitions < topic.partitions:
        yield Change(topic.name, _PARTITIONS, str(partitions), str(topic.partitions))
    for key, value in topic.config.items():
        if config.get(key) != value:
            yield Change(topic.name, key, config.get(key, ""), value)


def _done(future: Any) -> Any:  # noqa: ANN401 - confluent_kafka's futures have no types
    try:
        return future.result(_SECONDS)
    except KafkaException as error:
        reason: KafkaError = error.args[0]
        if reason.code() == KafkaError.TOPIC_ALREADY_EXISTS:
            raise FileExistsError(reason.str()) from error
        # Codes below zero are librdkafka's own: the broker was not reached.
        if reason.retriable() or reason.code() < 0:
            raise RetryError(f"Kafka does not answer: {reason.str()}. Try again.") from error
        raise StopError(f"Kafka refuses: {reason.str()}. Correct {FILE.name}.") from error
