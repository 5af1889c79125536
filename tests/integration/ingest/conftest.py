"""Stacks of ingest's own: its topics are read whole by one group, so nothing else may send."""

from collections.abc import Iterator

import pytest
from ingest_pipeline import Pipeline

from streams.local import stack as local
from streams.local.ports import Ports
from streams.prepare import prepare


def _pipeline(factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    home = factory.mktemp("ingest")
    ports = Ports.model_validate(dict.fromkeys(Ports.model_fields, 0))
    try:
        endpoints = local.up(home, ports, quiet=True)
        prepare(endpoints)
        yield Pipeline(home, endpoints)
    finally:
        local.reset(home)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A fresh stack for the tests of one file, which may count everything."""
    yield from _pipeline(tmp_path_factory)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A stack for tests that look at their own events only; healthy between them."""
    yield from _pipeline(tmp_path_factory)
