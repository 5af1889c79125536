"""A stack with `waterbed ingest` and `waterbed analyse` running."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flow_commands import Flow

from streams.bench.workers import command
from streams.local import stack as local
from streams.local.ports import Ports
from streams.prepare import prepare


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    """The published history and a minute of traffic, all landed and aggregated."""
    home = tmp_path_factory.mktemp("flow")
    ports = Ports.model_validate(dict.fromkeys(Ports.model_fields, 0))
    try:
        endpoints = local.up(home, ports, quiet=True)
        prepare(endpoints)
        made = Flow(endpoints, home / "commands.log")
        with ExitStack() as running:
            for name in ("ingest", "analyse"):
                running.enter_context(command([name], endpoints, made.log))
            made.run("load-history", "--json")
            made.simulate(seed=11, seconds=60.0)
            made.settle()
            yield made
    finally:
        local.reset(home)
