"""Running commands and what went through them."""

import time
from pathlib import Path

from streams.analyse.lag import aggregates_lag
from streams.bench.workers import command
from streams.contracts.registry import Registry, subject_of
from streams.errors import RetryError
from streams.names import INGEST_GROUP
from streams.partners.producer import Producer
from streams.settings import Endpoints
from streams.simulate.events import events
from streams.simulate.send import send_all
from streams.simulate.sent import Sent
from streams.status import status

PATIENCE = 150.0


class Flow:
    """The running commands and what the partners have sent to them."""

    def __init__(self, endpoints: Endpoints, log: Path) -> None:
        self.endpoints = endpoints
        self.log = log
        self.sent: list[Sent] = []

    def simulate(self, seed: int, seconds: float) -> None:
        """Send so many seconds of traffic at once, some of it faulty."""
        start = int((time.time() - seconds) * 1000) // 60_000 * 60_000
        some = list(events(seed, 200.0, start, seconds, 0.03))
        self.tell(some)
        self.sent += some

    def tell(self, some: list[Sent]) -> None:
        """Send messages."""
        registry = Registry(self.endpoints.registry)
        with Producer(self.endpoints) as producer:
            send_all(iter(some), producer, lambda topic: registry.id_of(subject_of(topic)))

    def run(self, *arguments: str) -> None:
        """Run a command to its end."""
        with command(arguments, self.endpoints, self.log) as process:
            process.wait(PATIENCE)  # not communicate: closing its input ends it
            assert process.returncode == 0, self.log.read_text()[-3000:]

    def settle(self) -> None:
        """Wait until everything is landed and its aggregates are computed."""
        deadline = time.monotonic() + PATIENCE
        while self._behind():
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.5)

    def _behind(self) -> bool:
        found = status(self.endpoints).partitions
        if found is None or any(p.records for p in found if p.position.group == INGEST_GROUP):
            return True
        try:
            return aggregates_lag(self.endpoints).records > 0
        except RetryError:
            return True
