"""Trying again until it works: for steps that lose something if they are given up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import clickhouse_connect.driver.exceptions as clickhouse
from aiokafka.errors import KafkaError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential
from urllib3.exceptions import HTTPError

from streams.errors import RetryError

log = logging.getLogger(__name__)

T = TypeVar("T")

#: What a service that is away or overloaded raises through its client.
AWAY: Final = (RetryError, clickhouse.Error, HTTPError, KafkaError, OSError)

FIRST_WAIT: Final = 0.5  # seconds
LONGEST_WAIT: Final = 30.0


async def until_done(
    step: str, call: Callable[[], Awaitable[T]], *, first_wait: float = FIRST_WAIT
) -> T:
    """Await `call()` until it succeeds, waiting longer each time, and log each failure.

    Only failures of services are tried again; anything else is raised. Cancelling it ends it.
    """
    attempts = AsyncRetrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_exponential(multiplier=first_wait, max=LONGEST_WAIT),
        before_sleep=lambda state: _tell(step, state),
    )
    async for attempt in attempts:
        with attempt:
            return await call()
    raise AssertionError("attempts have no end")


async def until_done_in_thread(step: str, call: Callable[[], T]) -> T:
    """Do the same with a blocking call, in a thread, so that the event loop goes on."""
    return await until_done(step, lambda: asyncio.to_thread(call))


def _tell(step: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    log.warning(
        "%s failed, attempt %d; trying again in %.1f s, nothing is lost: %s: %s",
        step,
        state.attempt_number,
        wait,
        type(error).__name__,
        str(error).partition("\n")[0],
    )
