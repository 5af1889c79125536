"""One batch of touched windows, from the messages to the published sums.

Steps, and what a failure or a kill leaves behind:

1. decode the messages; 2. keep each window once, under its highest offset; 3. recompute the windows
in ClickHouse; 4. read the sums that changed; 5. publish them. Every step writes absolute values, so
whatever was done is done again harmlessly when the batch comes again; and it comes again unless
all five succeeded, for only then does the caller ack it. A service that is away is waited for.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from streams.analyse import publish, recompute
from streams.analyse.publish import Message
from streams.analyse.retry import until_done, until_done_in_thread
from streams.analyse.services import Services
from streams.analyse.touched import Touched, decode
from streams.analyse.windows import MOST_WINDOWS, Window, newest, portions

log = logging.getLogger(__name__)

#: Delivers messages to the activity topic and returns when Kafka has confirmed all of them.
Deliver = Callable[[Sequence[Message]], Awaitable[None]]

#: Messages handed to the producer before their delivery is awaited: bounds its memory.
AT_ONCE: Final = 5_000


async def aggregate(services: Services, deliver: Deliver, batch: Sequence[Touched]) -> None:
    """Bring the aggregates of the batch's windows up to date; return when all is confirmed.

    Safe to repeat. Raises StopError for a message that is no touched window: it was written by
    the pipeline itself, so going on would leave an aggregate wrong without a trace.
    """
    began = time.monotonic()
    records = await until_done_in_thread(
        "Reading the schema of touched windows", lambda: decode(batch, services.writer)
    )
    windows = newest(records)
    for portion in portions(windows):
        await _recompute(services, portion)
    sent = 0
    for piece in _pieces(windows):
        sent += await _publish(services, deliver, piece)
    log.info(
        "%d messages, %d windows computed, %d sums published in %.2f s",
        len(batch), len(windows), sent, time.monotonic() - began,
    )  # fmt: skip


async def _recompute(services: Services, portion: Sequence[Window]) -> None:

    await until_done_in_thread(
        "Computing aggregates in ClickHouse",
        lambda: services.with_store(lambda store: recompute.recompute(store, portion)),
    )


async def _publish(services: Services, deliver: Deliver, portion: Sequence[Window]) -> int:
    sums = await until_done_in_thread(
        "Reading sums from ClickHouse",
        lambda: services.with_store(lambda store: recompute.sums(store, portion)),
    )
    schema_id = await until_done_in_thread(
        "Asking for the schema of corridor activity", services.activity_schema_id
    )
    at = datetime.now(UTC)
    for start in range(0, len(sums), AT_ONCE):
        some = [publish.message(total, schema_id, at) for total in sums[start : start + AT_ONCE]]
        await until_done("Publishing corridor activity", partial(deliver, some))
    return len(sums)


def _pieces(windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
    """Split windows by count alone: reading sums inserts nothing."""
    by_time = sorted(windows, key=lambda window: (window.start, window.site))
    for start in range(0, len(by_time), MOST_WINDOWS):
        yield by_time[start : start + MOST_WINDOWS]
