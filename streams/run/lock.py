"""One run a home: a lock that lives as long as the run or the keeper that cleans up after it."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import psutil

from streams.errors import StopError

NAME: Final = "run.lock"
#: Seconds that cleaning up after a killed run may take.
PATIENCE: Final = 60.0
POLL: Final = 0.2


@contextmanager
def only_run(home: Path, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the home and give the lock's file descriptor, which a keeper may inherit.

    Raises StopError at once when another run has the home. When that run was killed, its keeper
    still holds the lock while it cleans up: then wait for it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / NAME).open("a+") as file:
        if not _taken(file):
            _wait(file, home, say)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def _wait(file: IO[str], home: Path, say: Callable[[str], None]) -> None:
    file.seek(0)
    holder = file.read().strip()
    if holder.isdigit() and psutil.pid_exists(int(holder)):
        raise StopError(
            f"waterbed run (process {holder}) uses {home} already. Stop it, or name another "
            "folder: waterbed run --home FOLDER"
        )
    say("The last run was killed; waiting until its parts have stopped.")
    deadline = time.monotonic() + PATIENCE
    while not _taken(file):
        if time.monotonic() > deadline:
            raise StopError(f"What a killed run left in {home} does not stop. See {home}/logs")
        time.sleep(POLL)


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
