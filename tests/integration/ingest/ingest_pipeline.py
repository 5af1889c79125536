"""A stack and the ingest workers that a test runs on it."""

import time
from pathlib import Path
from typing import Any

from streams.bench.workers import command
from streams.names import INGEST_GROUP
from streams.settings import Endpoints
from streams.status import status
from streams.store.client import connect

PATIENCE = 120.0


class Pipeline:
    """A stack and the ingest workers that a test runs on it."""

    def __init__(self, home: Path, endpoints: Endpoints) -> None:
        self.home = home
        self.endpoints = endpoints
        self.log = home / "ingest-under-test.log"

    def worker(self) -> Any:
        """A worker process, as a context that ends it."""
        return command(["ingest", "--json"], self.endpoints, self.log)

    def lag(self) -> int:
        """Messages not committed yet."""
        found = status(self.endpoints)
        if found.partitions is None:
            return 1  # a service is away or busy just now: not known to be done
        return sum(p.records for p in found.partitions if p.position.group == INGEST_GROUP)

    def wait(self, worker: Any) -> None:
        """Wait until everything sent is committed."""
        deadline = time.monotonic() + PATIENCE
        while self.lag():
            assert worker.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.3)

    def ingest(self) -> None:
        """Let one worker take in everything."""
        with self.worker() as worker:
            self.wait(worker)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask ClickHouse."""
        with connect(self.endpoints) as client:
            return [tuple(row) for row in client.query(sql).result_rows]

    def until(self, sql: str, wanted: list[tuple[Any, ...]]) -> None:
        """Ask again until the answer is the wanted one."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.rows(sql)) != wanted:
            assert time.monotonic() < deadline, (found, wanted)
            time.sleep(0.3)
