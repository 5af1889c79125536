"""Runs queries on ClickHouse over HTTP without blocking the event loop."""

from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import orjson

from streams.errors import RetryError
from streams.settings import Endpoints

#: Seconds a query may take before it is stopped and its panel says so.
LIMIT_SECONDS: Final = 20


@dataclass(frozen=True)
class Frame:
    """A query's answer: rows under named, typed columns."""

    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)

    def column(self, name: str) -> list[Any]:
        """Values of one column. Raises ValueError if the query gave no such column."""
        return [row[self.names.index(name)] for row in self.rows]


class QueryError(Exception):
    """The database refused the query; the text is its own message."""


class Database:
    """A ClickHouse database to read from. Use it within one event loop; close it at the end."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.address = endpoints.clickhouse
        self._client = httpx.AsyncClient(
            base_url=endpoints.clickhouse,
            params={
                "database": endpoints.database,
                "max_execution_time": LIMIT_SECONDS,
                # An error in the middle of an answer becomes an error, not half an answer.
                "wait_end_of_query": 1,
            },
            timeout=LIMIT_SECONDS + 5,
            trust_env=False,
        )

    async def query(self, sql: str) -> Frame:
        """Run a query. Raises QueryError with the database's message, RetryError if it is away."""
        try:
            answer = await self._client.post("/", content=f"{sql}\nFORMAT JSONCompact".encode())
        except httpx.HTTPError as away:
            raise RetryError(f"ClickHouse does not answer at {self.address}") from away
        if answer.status_code != httpx.codes.OK:
            raise QueryError(answer.text.strip())
        return _frame(answer.content)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _frame(body: bytes) -> Frame:
    answer = orjson.loads(body)
    names = tuple(column["name"] for column in answer["meta"])
    return Frame(names, tuple(column["type"] for column in answer["meta"]), answer["data"])
