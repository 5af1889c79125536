"""What a part of the stack is: how it is launched, and how its health is asked."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from streams.errors import RetryError, StopError
from streams.local import process
from streams.local.layout import Layout
from streams.local.progress import Progress

#: Seconds a part may take until it is healthy; a cold disk on a busy machine needs half of it.
START_LIMIT: Final = 90.0
POLL: Final = 0.1


class State(StrEnum):
    """State of a part as `status` tells it."""

    RUNNING = "running"
    STOPPED = "stopped"
    KILLED = "killed"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class Part:
    """One part of the stack at one moment."""

    name: str
    state: State
    address: str
    pid: int | None
    log: str
    detail: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        """Give the fields as JSON takes them."""
        return asdict(self)


@dataclass(frozen=True)
class Launch:
    """A process to start."""

    command: list[str]
    environment: dict[str, str]


@dataclass(frozen=True)
class Service:
    """How one part is started and asked. `check` raises RetryError with the reason if unhealthy.

    `prepare` fetches downloads and writes configuration; it is safe to repeat.
    """

    name: str
    address: str
    prepare: Callable[[Progress], Launch]
    check: Callable[[], None]


def look(service: Service, layout: Layout) -> Part:
    """Tell the state of the part: process first, then its own answer."""
    pid_file, log = layout.pid(service.name), str(layout.log(service.name))
    running = process.find(pid_file)
    if running is None:
        state = State.KILLED if pid_file.is_file() else State.STOPPED
        return Part(service.name, state, service.address, None, log)
    try:
        service.check()
    except RetryError as reason:
        state, detail = State.UNHEALTHY, str(reason)
        return Part(service.name, state, service.address, running.pid, log, detail)
    return Part(service.name, State.RUNNING, service.address, running.pid, log)


def ensure(service: Service, layout: Layout, progress: Progress) -> None:
    """Bring the part to health: nothing if it is well, a restart if it is not.

    Raises StopError, with the end of its log, if it ends or stays unhealthy.
    """
    pid_file = layout.pid(service.name)
    if look(service, layout).state == State.RUNNING:
        return
    process.stop(pid_file)
    with progress.part(service.name):
        launch = service.prepare(progress)
        folder, log = layout.data(service.name), layout.log(service.name)
        process.start(launch.command, launch.environment, folder, log, pid_file)
        _wait(service, pid_file, log)


def _wait(service: Service, pid_file: Path, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while True:
        if process.find(pid_file) is None:
            raise StopError(f"{service.name} ended at its start. {log}:\n{process.tail(log)}")
        try:
            return service.check()
        except RetryError as reason:
            if time.monotonic() > deadline:
                raise StopError(
                    f"{service.name} is not healthy after {START_LIMIT:.0f} s: {reason}. "
                    f"{log}:\n{process.tail(log)}"
                ) from reason
        time.sleep(POLL)
