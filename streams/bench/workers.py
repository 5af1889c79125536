"""The commands under test, each in a process of its own, and what can be read of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
from confluent_kafka import Consumer, TopicPartition

from streams.errors import StopError
from streams.names import INGEST_GROUP
from streams.offsets import committed
from streams.settings import Endpoints

_SECONDS: Final = 30


@contextmanager
def command(
    arguments: Sequence[str], endpoints: Endpoints, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a `waterbed` command against these services; its standard error goes to `log`."""
    environment = os.environ | {
        f"WATERBED_{name.upper()}": str(value) for name, value in endpoints.model_dump().items()
    }
    with log.open("ab") as errors:
        process = subprocess.Popen(
            # On its tether it ends with us, however we end.
            [sys.executable, "-m", "streams.run.tether", *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def finish(process: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    """Stop a command that prints JSON at its end, and give it."""
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    if process.returncode != 0:
        raise StopError(f"The worker ended with {process.returncode}: see {log}")
    printed: dict[str, Any] = orjson.loads(out.splitlines()[-1])
    return printed


def peak_rss_mb(process: subprocess.Popen[bytes]) -> float:
    """Most memory a running process ever had resident, in MB, as Linux counts it."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    raise StopError("This system does not tell a process's peak memory")


class Lag:
    """How many messages of a topic the ingest group has not committed."""

    def __init__(self, endpoints: Endpoints, topic: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": endpoints.kafka, "group.id": INGEST_GROUP})
        found = self._consumer.list_topics(topic, _SECONDS).topics[topic].partitions
        self._partitions = [TopicPartition(topic, partition) for partition in found]
        self._ends = {
            p.partition: self._consumer.get_watermark_offsets(p, _SECONDS)[1]
            for p in self._partitions
        }

    def records(self) -> int:
        """Messages left of those there were when this was made."""
        done = committed(self._consumer, self._partitions)
        return sum(max(0, self._ends[p.partition] - max(p.offset, 0)) for p in done)

    def wait(self, process: subprocess.Popen[bytes], log: Path, seconds: float = 600) -> None:
        """Wait until nothing is left."""
        deadline = time.monotonic() + seconds
        while self.records():
            if process.poll() is not None:
                raise StopError(f"The worker ended with {process.returncode}: see {log}")
            if time.monotonic() > deadline:
                raise StopError(f"The worker did not finish within {seconds:.0f} s: see {log}")
            time.sleep(0.25)

    def close(self) -> None:
        """Leave Kafka."""
        self._consumer.close()
