"""Ctrl-C, SIGTERM and a closed terminal as one KeyboardInterrupt."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first signal and ignore later ones: stopping is under way.

    `make` and the terminal both pass Ctrl-C on, so a second signal is no second wish. For the
    main thread only.
    """
    before = {number: signal.signal(number, _first) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _first(_number: int, _frame: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
