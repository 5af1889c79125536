"""Asks the three services at the same time and puts their answers together."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from streams.contracts.registry import Registry, subject_of
from streams.errors import WaterbedError
from streams.names import TOUCHED_WINDOW_TOPIC
from streams.settings import Endpoints
from streams.status import tables
from streams.status.lag import Lag, lags
from streams.status.positions import positions
from streams.status.tables import Tables


@dataclass(frozen=True, slots=True)
class Aggregates:
    """How far the aggregates are behind the landed events: 0 and 0 when they are current.

    age_seconds: since one was last computed, None if none ever was.
    """

    lag_records: int
    lag_seconds: float
    age_seconds: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """State of the pipeline. What an absent service would have said is None.

    away: service and reason, empty when all answer.
    """

    checked_at: datetime
    away: dict[str, str]
    partitions: list[Lag] | None
    tables: Tables | None

    @property
    def aggregates(self) -> Aggregates | None:
        """How far the aggregates are behind; None if that can't be known."""
        if self.partitions is None or self.tables is None:
            return None
        waiting = [lag for lag in self.partitions if lag.position.topic == TOUCHED_WINDOW_TOPIC]
        return Aggregates(
            sum(lag.records for lag in waiting),
            max((lag.seconds for lag in waiting), default=0.0),
            self.tables.aggregates_age_seconds,
        )

    def as_json(self) -> dict[str, Any]:
        """What `waterbed status --json` prints."""
        found = self.tables
        return {
            "checked_at": self.checked_at,
            "away": self.away,
            "partitions": None if self.partitions is None else [*map(_flat, self.partitions)],
            "rows": found and found.rows,
            "dead_letters": None if found is None else found.dead_letters,
            "unrouted": None if found is None else found.unrouted,
            "aggregates": self.aggregates and asdict(self.aggregates),
        }


def status(endpoints: Endpoints) -> Status:
    """Ask all services; never raises because one is away: `Status.away` says so."""
    now = time.time()
    with ThreadPoolExecutor(3) as pool:
        asked: dict[str, Future[Any]] = {
            "kafka": pool.submit(lambda: lags(endpoints, positions(endpoints), now)),
            "registry": pool.submit(lambda: _registered(endpoints)),
            "clickhouse": pool.submit(lambda: tables.read(endpoints)),
        }
    away = {name: str(why) for name, future in asked.items() if (why := _why_away(future))}
    return Status(
        datetime.fromtimestamp(now, UTC),
        away,
        _answer(asked["kafka"], away, "kafka"),
        _answer(asked["clickhouse"], away, "clickhouse"),
    )


def _registered(endpoints: Endpoints) -> bool:
    return bool(Registry(endpoints.registry).id_of(subject_of(TOUCHED_WINDOW_TOPIC)))


def _why_away(future: "Future[Any]") -> WaterbedError | None:
    failure = future.exception()
    if failure is not None and not isinstance(failure, WaterbedError):
        raise failure
    return failure


def _answer(future: "Future[Any]", away: dict[str, str], name: str) -> Any:  # noqa: ANN401 - its caller knows
    return None if name in away else future.result()


def _flat(lag: Lag) -> dict[str, Any]:
    position = lag.position
    return {
        "topic": position.topic,
        "partition": position.partition,
        "group": position.group,
        "low": position.low,
        "end": position.end,
        "committed": position.committed,
        "lag_records": lag.records,
        "lag_seconds": lag.seconds,
    }
