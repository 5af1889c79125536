"""The name of a worker's transactions: another for each worker, the same after a restart."""

import fcntl
import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import platformdirs

from streams.ingest.settings import IngestSettings
from streams.settings import Endpoints

_FOLDER: Final = platformdirs.user_state_path("waterbed")


@contextmanager
def transactional_id(
    endpoints: Endpoints, settings: IngestSettings, folder: Path = _FOLDER
) -> Iterator[str]:
    """Hold the first name that no other worker on this machine holds.

    A worker that starts after a killed one takes its name, and Kafka aborts at once what the
    killed one has left open; under another name it would wait for that transaction's time limit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cluster = hashlib.sha256(f"{endpoints.kafka} {settings.group}".encode()).hexdigest()[:16]
    for number in count():
        # Released by the system when the process ends, however it ends.
        with (folder / f"ingest-{cluster}-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield f"{settings.group}-{socket.gethostname()}-{number}"
            return
