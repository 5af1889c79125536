"""A prepared database, and `waterbed analyse` as a process of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from analyse_wire import Analyse
from clickhouse_connect.driver.client import Client

from streams.prepare import prepare
from streams.settings import Endpoints
from streams.store.client import connect


@pytest.fixture
def prepared(database: Endpoints) -> Endpoints:
    """Addresses with all topics, schemas and tables."""
    prepare(database)
    return database


@pytest.fixture
def store(prepared: Endpoints) -> Iterator[Client]:
    client = connect(prepared)
    yield client
    client.close()


@pytest.fixture
def start(prepared: Endpoints, tmp_path: Path) -> Iterator[Callable[..., Analyse]]:
    """Start workers; whatever still runs at the end is killed."""
    running: list[Analyse] = []

    def one(endpoints: Endpoints = prepared) -> Analyse:
        running.append(Analyse(endpoints, tmp_path / f"analyse-{len(running)}.log"))
        return running[-1]

    yield one
    for worker in running:
        if worker.process.poll() is None:
            worker.kill()
