import asyncio
import logging

import pytest
from clickhouse_connect.driver.exceptions import OperationalError

from streams.analyse.retry import until_done, until_done_in_thread
from streams.errors import RetryError, StopError


class Flaky:
    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"

    async def later(self) -> str:
        return self()


async def test_failures_of_services_are_tried_again_and_logged(caplog) -> None:
    step = Flaky(RetryError("away"), OperationalError("busy\nstack trace"), ConnectionError())

    with caplog.at_level(logging.WARNING):
        assert await until_done("Writing", step.later, first_wait=0) == "done"

    assert step.calls == 4
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    assert "Writing failed, attempt 2" in caplog.text
    assert "stack trace" not in caplog.text


@pytest.mark.parametrize("error", [StopError("no"), KeyError("bug")])
async def test_anything_else_is_raised_at_once(error: Exception) -> None:
    step = Flaky(error)

    with pytest.raises(type(error)):
        await until_done_in_thread("Writing", step)

    assert step.calls == 1


async def test_waiting_ends_when_it_is_cancelled() -> None:
    waiting = asyncio.create_task(
        until_done("Writing", Flaky(*[RetryError("away")] * 9).later, first_wait=60)
    )
    await asyncio.sleep(0.01)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
