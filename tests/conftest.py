"""The stack that integration tests share, and the wall that keeps unit tests off every service."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from clickhouse_query import query

from streams.local import stack as local
from streams.local.ports import Ports
from streams.settings import Endpoints

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Stack:
    """A running stack and the handles to break it."""

    home: Path
    endpoints: Endpoints

    def kill(self, part: str) -> None:
        """SIGKILL one of kafka, registry, clickhouse."""
        local.kill(self.home, part)

    def stop(self, part: str) -> None:
        """Stop one part in good order."""
        local.stop(self.home, part)

    def heal(self) -> None:
        """Start again what is missing, at the same addresses."""
        assert local.up(self.home, quiet=True) == self.endpoints


def free_ports() -> Ports:
    """Ask for any free ports, whatever the environment says."""
    return Ports.model_validate(dict.fromkeys(Ports.model_fields, 0))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(TESTS / "integration"):
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack on free ports for the whole run."""
    home = tmp_path_factory.mktemp("stack")
    try:
        yield Stack(home, local.up(home, free_ports(), quiet=True))
    finally:
        local.reset(home)


def _fresh_database(endpoints: Endpoints) -> Iterator[Endpoints]:
    name = f"test_{uuid4().hex[:12]}"
    query(endpoints, f"CREATE DATABASE {name} ENGINE = Atomic")
    yield endpoints.model_copy(update={"database": name})
    query(endpoints, f"DROP DATABASE IF EXISTS {name} SYNC")


@pytest.fixture
def database(stack: Stack) -> Iterator[Endpoints]:
    """Addresses with a database of this test alone, dropped afterwards."""
    yield from _fresh_database(stack.endpoints)


@pytest.fixture(scope="module")
def module_database(stack: Stack) -> Iterator[Endpoints]:
    """Addresses with a database of this module alone, dropped afterwards."""
    yield from _fresh_database(stack.endpoints)


@pytest.fixture(autouse=True)
def _no_service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a unit test that reaches for a service, even if it swallows the error."""
    tried: list[Any] = []

    def refuse(_: socket.socket, address: Any) -> NoReturn:
        tried.append(address)
        raise OSError(f"A unit test may not connect to {address}")

    if request.path.is_relative_to(TESTS / "unit"):
        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    yield
    if tried:
        pytest.fail(f"A unit test reached for a service: {tried}")
