"""Where the dashboards of a run are served."""

import time
from collections.abc import Callable
from typing import Final

import httpx

from streams.errors import StopError
from streams.local.ports import CANDIDATES, LOOPBACK, is_free

USUAL: Final = 8050
#: Seconds the viewer may take until it answers; drawing libraries load slowly from a cold disk.
PATIENCE: Final = 60.0
POLL: Final = 0.3


def choose_port(asked: int | None, free: Callable[[int], bool] = is_free) -> int:
    """Give the port asked for, else the usual one, else the first free one.

    Raises StopError when the port asked for is taken.
    """
    if asked is None:
        choices: list[int] = [USUAL, *CANDIDATES]
        return next(port for port in choices if free(port))
    if not free(asked):
        raise StopError(f"Port {asked} is taken. Name another one with --port")
    return asked


def address(port: int) -> str:
    """Give the address to open in a browser."""
    return f"http://{LOOPBACK}:{port}"


def wait_until_up(url: str, meanwhile: Callable[[], None]) -> bool:
    """Say whether the page answers within `PATIENCE` seconds; `meanwhile` is called often."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        meanwhile()
        try:
            return bool(httpx.get(url, timeout=POLL * 10).is_success)
        except httpx.TransportError:
            time.sleep(POLL)
    return False
