"""The ClickHouse client and the registry of one worker: opened when needed, renewed on failure."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import fastavro
from clickhouse_connect.driver.client import Client

from streams.contracts.registry import Registry, subject_of
from streams.names import ACTIVITY_TOPIC
from streams.settings import Endpoints
from streams.store.client import connect

T = TypeVar("T")


class Services:
    """What a batch needs besides Kafka. Used by one thread at a time."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._registry = Registry(endpoints.registry)
        self._store: Client | None = None
        self._writers: dict[int, Any] = {}  # parsed schemas
        self._activity_id: int | None = None

    def with_store(self, work: Callable[[Client], T]) -> T:
        """Do something with ClickHouse; after a failure the next call connects anew."""
        store, self._store = self._store or connect(self._endpoints), None
        done = work(store)
        self._store = store
        return done

    def writer(self, schema_id: int) -> Mapping[str, Any]:
        """Give a writer schema; each is asked of the registry once.

        Raises RetryError when it is away, StopError when it has no such schema.
        """
        if schema_id not in self._writers:
            written = self._registry.schema_by_id(schema_id)
            self._writers[schema_id] = fastavro.parse_schema(written)
        writer: Mapping[str, Any] = self._writers[schema_id]
        return writer

    def activity_schema_id(self) -> int:
        """Give the id to publish under; asked of the registry once.

        Raises RetryError when it is away, StopError when the schema is not registered.
        """
        if self._activity_id is None:
            self._activity_id = self._registry.id_of(subject_of(ACTIVITY_TOPIC))
        return self._activity_id

    def close(self) -> None:
        """Close the connection to ClickHouse."""
        if self._store is not None:
            self._store.close()
            self._store = None
