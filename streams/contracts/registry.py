"""The schema registry: ids and schemas by subject. Producers and ingest read; operators write."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.common import _httpx_compat  # the HTTP library it runs on
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
from streams.waiting import patiently

#: Old and new versions read each other, all of them: upgrade order is free, old data replays.
COMPATIBILITY: Final = "FULL_TRANSITIVE"

#: Seconds to wait for an answer; a registry that has just started is slow.
ANSWER: Final = 30

_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_SERVER_FAILED: Final = 500
_TOO_MANY: Final = 429

T = TypeVar("T")


def subject_of(topic: str) -> str:
    """Subject of a topic's values."""
    return f"{topic}-value"


def subjects() -> dict[str, str]:
    """Name of the schema of every subject. Dead letters have no schema of their own."""
    topics = {topic: str(kind) for topic, (_, kind) in event_topics().items()} | {
        TOUCHED_WINDOW_TOPIC: TOUCHED_WINDOW,
        ACTIVITY_TOPIC: ACTIVITY,
        ALERT_TOPIC: ALERT,
    }
    return {subject_of(topic): name for topic, name in topics.items()}


@dataclass(frozen=True, slots=True)
class Registered:
    """Our schema of a subject as it stands in the registry."""

    subject: str
    schema: str
    schema_id: int
    version: int


class Registry:
    """Reads and registers schemas. Every call raises RetryError while the registry is away."""

    def __init__(self, url: str) -> None:
        self._url = url
        # The caller decides whether to try again, and hears of a failure at once.
        self._client = SchemaRegistryClient({"url": url, "timeout": ANSWER, "max.retries": 0})

    def wait_ready(self, seconds: float) -> None:
        """Wait until the registry answers, logging why; RetryError after so many seconds."""
        patiently(lambda: self._ask(self._client.get_subjects), seconds)

    def id_of(self, subject: str) -> int:
        """Id of our schema under a subject; never registers it. StopError if it is not there.

        A newer version that someone registered has another id: bytes of ours must not carry it.
        """
        found = self.find(subject)
        if found is None:
            raise StopError(
                f"Our schema {_schema_name(subject)} is not registered for {subject} at "
                f"{self._url}. An operator runs: waterbed schemas register"
            )
        return found.schema_id

    def find(self, subject: str) -> Registered | None:
        """Our schema of a subject as registered, or None."""
        name = _schema_name(subject)
        ours = _avro(schemas.text(name))
        found = self._or_none(lambda: self._client.lookup_schema(subject, ours))
        if found is None or found.schema_id is None:
            return None
        return Registered(subject, name, found.schema_id, found.version or 0)

    def writers(self, subject: str) -> dict[int, dict[str, Any]]:
        """All schemas ever registered for a subject, by id, parsed; empty if there are none."""
        versions = self._or_none(lambda: self._client.get_versions(subject)) or []
        found = [self._ask(self._client.get_version, subject, version) for version in versions]
        return {int(f.schema_id or 0): schemas.parsed(f.schema.schema_str or "") for f in found}

    def schema_by_id(self, schema_id: int) -> dict[str, Any]:
        """Schema of an id, parsed; StopError if there is none."""
        found = self._or_none(lambda: self._client.get_schema(schema_id))
        if found is None:
            raise StopError(
                f"The registry at {self._url} knows no schema id {schema_id}: find out who wrote "
                "it, and whether its registry is another one."
            )
        return schemas.parsed(found.schema_str or "")

    def register_all(self) -> list[Registered]:
        """Register our schemas for all subjects, each compatible with all its older versions.

        Registering again changes nothing. Raises StopError if a schema is not compatible; the
        subjects before it are registered then.
        """
        return [self._register(subject, name) for subject, name in subjects().items()]

    def _register(self, subject: str, name: str) -> Registered:
        # The rule first: so not even the second version slips in without it.
        self._ask(self._client.set_compatibility, subject, COMPATIBILITY)
        if found := self.find(subject):
            return found
        schema = _avro(schemas.text(name))
        self._ask(self._client.register_schema, subject, schema)
        done = self._ask(self._client.lookup_schema, subject, schema)
        return Registered(subject, name, done.schema_id or 0, done.version or 0)

    def check(self, subject: str, text: str) -> bool:
        """Tell whether a schema would be accepted; anything is where nothing is registered."""
        test = self._client.test_compatibility_all_versions
        schema = _avro(text)
        return self._or_none(lambda: test(subject, schema)) is not False

    def _or_none(self, request: Callable[[], T]) -> T | None:
        try:
            return self._ask(request)
        except _MissingError:
            return None

    def _ask(self, request: Callable[..., T], *arguments: object) -> T:
        """Turn the client's errors into ours."""
        try:
            return request(*arguments)
        except SchemaRegistryError as error:
            raise self._error(error) from error
        except _httpx_compat.httpx.TransportError as error:
            raise RetryError(
                f"The schema registry at {self._url} does not answer ({error}). Start it (waterbed "
                "local up) or correct WATERBED_REGISTRY. Schemas known already go on."
            ) from error

    def _error(self, error: SchemaRegistryError) -> Exception:
        status = error.http_status_code
        if status == _NOT_FOUND:
            return _MissingError(f"The registry at {self._url} has no such thing: {error}")
        if status == _CONFLICT:
            return StopError(
                f"The schema breaks compatibility ({COMPATIBILITY}) with an older version: "
                f"{error.error_message}. Add or remove only fields with a default and change no "
                "type; anything else needs a topic of a new version."
            )
        if status >= _SERVER_FAILED or status == _TOO_MANY:
            return RetryError(f"The schema registry at {self._url} failed: {error}. Try again.")
        return StopError(f"The schema registry at {self._url} refused the request: {error}")


class _MissingError(StopError):
    """The registry knows no such subject, version, id or path."""


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
            self._known = self._registry.writers(self._subject)
            self._next = time.monotonic() + 1
        return self._known


def _avro(text: str) -> Schema:
    return Schema(text, "AVRO")


def _schema_name(subject: str) -> str:
    name = subjects().get(subject)
    if name is None:
        raise StopError(f"{subject} is none of our subjects; see: waterbed schemas list")
    return name
