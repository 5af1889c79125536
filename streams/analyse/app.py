"""The Faust app: reads touched windows and keeps the aggregates.

Faust acks a batch of `take` even when its handler was cancelled by a stop or a rebalance, and acks
an event whose handler raised. Either would lose a touched window, so batches come from
`noack_take` and are acked here, once everything is confirmed; a handler that fails crashes the app.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence, Sized
from pathlib import Path
from typing import Any, Final

from faust.types import EventT, StreamT

from streams.analyse.aggregate import aggregate
from streams.analyse.publish import Message
from streams.analyse.services import Services
from streams.analyse.touched import Touched
from streams.analyse.transport import App
from streams.names import ACTIVITY_TOPIC, ANALYSE_GROUP, TOUCHED_WINDOW_TOPIC
from streams.settings import Endpoints

log = logging.getLogger(__name__)

#: Messages in a batch at most.
BATCH: Final = 8_000

#: Seconds a batch waits for more messages: half of it is the mean delay it adds.
WITHIN: Final = 0.5

#: Seconds that a rebalance waits for the batch under way, below the rebalance timeout.
HAND_OVER: Final = 10.0


def build(endpoints: Endpoints, datadir: Path) -> App:
    """Give the app, not started; datadir: an existing folder that Faust may write to."""
    app = App(ANALYSE_GROUP, **settings(endpoints, datadir))
    touched = app.topic(TOUCHED_WINDOW_TOPIC, key_serializer="raw", value_serializer="raw")
    activity = app.topic(ACTIVITY_TOPIC, key_serializer="raw", value_serializer="raw")
    services = Services(endpoints)
    under_way = asyncio.Lock()

    async def deliver(messages: Sequence[Message]) -> None:
        """Send, then wait for the broker's word on each."""
        waiting = [
            await activity.send(key=m.key, value=m.value, headers=m.headers) for m in messages
        ]
        await asyncio.gather(*waiting)

    # One at a time: with more, Faust's commit can pass a message that is still being handled.
    @app.agent(touched, name="aggregate", concurrency=1)
    async def keep_aggregates(stream: StreamT[bytes]) -> None:
        try:
            async for events in _batches(stream):
                async with under_way:
                    await aggregate(services, deliver, [_touched(event) for event in events])
                for event in events:
                    await stream.ack(event)
        except Exception as error:
            log.critical("Stopping: %s", error)
            await app.crash(error)
            raise

    @app.on_partitions_revoked.connect
    async def finish_batch(*_: object, **__: object) -> None:
        """Let the batch under way end before another worker may compute its windows."""
        try:
            await asyncio.wait_for(under_way.acquire(), HAND_OVER)
        except TimeoutError:
            log.warning("Partitions are taken away while a batch is still being computed")
        else:
            under_way.release()

    app.on_partitions_assigned.connect(tell)
    return app


async def tell(_: object, /, *assigned: Sized, **__: object) -> None:
    """Say that the worker is at work: the handler of Faust's signal."""
    log.info("Ready: aggregates are kept for %d partitions", sum(map(len, assigned)))


def settings(endpoints: Endpoints, datadir: Path) -> dict[str, Any]:
    """Give the app's settings; the comments say what each protects from."""
    return {
        "broker": [f"kafka://{address}" for address in endpoints.kafka.split(",")],
        "datadir": str(datadir),
        "store": "memory://",
        "value_serializer": "raw",
        # Nothing may be skipped on the first start.
        "consumer_auto_offset_reset": "earliest",
        "broker_commit_interval": 1.0,
        # What waits while a batch is computed makes the next one, up to a full batch.
        "stream_buffer_maxsize": BATCH,
        # A killed worker's partitions are free after this; a busy one still sends heartbeats.
        "broker_session_timeout": 10.0,
        "broker_heartbeat_interval": 2.0,
        "broker_rebalance_timeout": 15.0,
        # Waiting for ClickHouse must not cost the membership of the group.
        "broker_max_poll_interval": 86_400.0,
        # Waiting for empty streams hangs in rebalances; handlers are repeatable instead.
        "stream_wait_empty": False,
        "producer_acks": -1,
        # Topics are declared in one file and made by `waterbed topics apply`.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "topic_replication_factor": 1,
        "web_enabled": False,
        "worker_redirect_stdouts": False,
    }


def _batches(stream: StreamT[bytes]) -> AsyncIterator[Sequence[EventT[bytes]]]:

    # The stream has it, though its interface lacks it; it gives events, not values.
    return stream.noack_take(BATCH, within=WITHIN)  # type: ignore[attr-defined,no-any-return]


def _touched(event: EventT[bytes]) -> Touched:
    """Take from a Faust event what the batch needs."""
    return Touched(event.value, event.message.partition, event.message.offset)
