"""Waiting for a service that is away, saying so."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from streams.errors import RetryError

_log: Final = logging.getLogger(__name__)

#: Seconds between the first two attempts, and between two at most.
FIRST: Final = 0.25
LONGEST: Final = 5.0

T = TypeVar("T")


def patiently(action: Callable[[], T], seconds: float) -> T:
    """Do a repeatable action until it works, for about so many seconds, logging each failure.

    Only RetryError is tried again; the last one is raised when the time is over.
    """
    attempts = Retrying(
        retry=retry_if_exception_type(RetryError),
        wait=wait_exponential(multiplier=FIRST, max=LONGEST),
        stop=stop_after_delay(seconds),
        before_sleep=_tell,
        reraise=True,
    )
    return attempts(action)


def _tell(state: RetryCallState) -> None:
    _log.warning("Waiting: %s", state.outcome.exception() if state.outcome else "no answer")
