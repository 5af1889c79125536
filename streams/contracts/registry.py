"""The schema registry: schemas and ids by subject. Producers read it, only operators write."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from streams.contracts import schema as schemas
from streams.errors import RetryError, StopError
from streams.names import (
    ACTIVITY,
    ACTIVITY_TOPIC,
    ALERT,
    ALERT_TOPIC,
    TOUCHED_WINDOW,
    TOUCHED_WINDOW_TOPIC,
    event_topics,
)

#: Old and new versions read each other, all of them: upgrade order is free, old data replays.
COMPATIBILITY: Final = "FULL_TRANSITIVE"

_CONFLICT: Final = 409
_NOT_FOUND: Final = 404


def subject_of(topic: str) -> str:
    """Subject of a topic's values."""
    return f"{topic}-value"


def subjects() -> dict[str, str]:
    """Name of the schema of every subject."""
    topics = {topic: str(kind) for topic, (_, kind) in event_topics().items()} | {
        TOUCHED_WINDOW_TOPIC: TOUCHED_WINDOW,
        ACTIVITY_TOPIC: ACTIVITY,
        ALERT_TOPIC: ALERT,
    }
    return {subject_of(topic): name for topic, name in topics.items()}


@dataclass(frozen=True, slots=True)
class Registered:
    """A subject as it stands in the registry."""

    subject: str
    schema: str
    schema_id: int
    version: int


class Registry:
    """Reads and registers schemas. Every call raises RetryError while the registry is away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = SchemaRegistryClient({"url": url, "timeout": 10, "max.retries": 0})

    def id_of(self, subject: str) -> int:
        """Id of the subject's newest schema; StopError if it is not registered."""
        with self._asked(subject):
            return int(self._client.get_latest_version(subject).schema_id)

    def writers(self, subject: str) -> dict[int, dict[str, Any]]:
        """All schemas ever registered for a subject, by id; empty if there are none."""
        with self._asked(subject):
            versions = self._client.get_versions(subject)
            found = [self._client.get_version(subject, version) for version in versions]
        return {int(one.schema_id): orjson.loads(one.schema.schema_str) for one in found}

    def schema_by_id(self, schema_id: int) -> dict[str, Any]:
        """Schema of an id; StopError if there is none."""
        with self._asked(f"schema id {schema_id}"):
            text = self._client.get_schema(schema_id).schema_str
        parsed: dict[str, Any] = orjson.loads(text)
        return parsed

    def register_all(self) -> list[Registered]:
        """Register the schemas of all subjects, each compatible with all its older versions.

        Registering again changes nothing. Raises StopError if a schema is not compatible.
        """
        return [self._register(subject, name) for subject, name in subjects().items()]

    def _register(self, subject: str, name: str) -> Registered:
        schema = Schema(schemas.text(name), "AVRO")
        with self._asked(subject):
            self._client.register_schema(subject, schema)
            self._client.set_compatibility(subject, COMPATIBILITY)
            latest = self._client.get_latest_version(subject)
        return Registered(subject, name, int(latest.schema_id), int(latest.version))

    def check(self, subject: str, text: str) -> list[str]:
        """Ask whether a schema would be accepted; gives what is incompatible, nothing if all is."""
        with self._asked(subject):
            answer = httpx.post(
                f"{self._url}/compatibility/subjects/{subject}/versions?verbose=true",
                json={"schema": text, "schemaType": "AVRO"},
                timeout=10,
            )
            answer.raise_for_status()
        said = answer.json()
        return [] if said["is_compatible"] else said.get("messages") or ["not compatible"]

    @contextmanager
    def _asked(self, what: str) -> Iterator[None]:
        try:
            yield
        except SchemaRegistryError as error:
            if error.http_status_code == _CONFLICT:
                raise StopError(
                    f"{what}: the schema is not compatible with its older versions "
                    f"({COMPATIBILITY}): {error.error_message}"
                ) from error
            if error.http_status_code == _NOT_FOUND:
                raise StopError(
                    f"{what} is not in the registry. An operator runs: waterbed schemas register"
                ) from error
            raise RetryError(f"The schema registry at {self._url} answers: {error}") from error
        except (httpx.HTTPError, OSError) as error:
            raise RetryError(f"The schema registry at {self._url} does not answer") from error


class Writers:
    """Writer schemas of one subject, kept; asked again at most once a second."""

    def __init__(self, registry: Registry, subject: str) -> None:
        self._registry = registry
        self._subject = subject
        self._known: dict[int, dict[str, Any]] = {}
        self._next = 0.0

    def __call__(self) -> dict[int, dict[str, Any]]:
        """Give all schemas of the subject; RetryError if the registry is away."""
        if time.monotonic() >= self._next:
            try:
                self._known = self._registry.writers(self._subject)
            except StopError:
                self._known = {}  # nothing registered yet: every id is unknown
            self._next = time.monotonic() + 1
        return self._known
