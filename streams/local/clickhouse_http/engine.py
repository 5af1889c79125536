"""chDB as an engine of requests: one path, one process, a connection of its own each request.

A connection costs 0.4 ms and is a session; connections of one path run side by side, while
queries on the same connection wait for each other. The engine works without Python's lock held.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import chdb

from streams.local.clickhouse_http.errors import ServerError
from streams.local.clickhouse_http.request import Request
from streams.local.clickhouse_http.statement import Insert, answers_rows

_connect: Final[Callable[[str], Any]] = chdb.connect  # chDB has no types
#: Settings of the engine that only its first connection can give.
SERVER_SETTINGS: Final = {
    "max_server_memory_usage": 4 * 1024**3,
    "background_pool_size": 2,
    "mark_cache_size": 128 * 1024**2,
    "uncompressed_cache_size": 0,
}
#: Settings of every session, before those of the request. An insert is on disk when it returns.
SESSION_SETTINGS: Final = {"async_insert": "0"}


@dataclass(frozen=True)
class Answer:
    """A result: its bytes, the format if they are rows, and the counts clients show."""

    body: memoryview
    format: str | None
    summary: str


class Engine:
    """The engine on one path; `run` may be called from many threads at once."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = str(path)
        options = "&".join(f"{name}={value}" for name, value in SERVER_SETTINGS.items())
        # The engine lives as long as one connection does.
        self._keeper = _connect(f"{path}?{options}")

    def run(self, request: Request) -> Answer:
        """Run the request to its end. Raises ServerError with ClickHouse's code and text."""
        try:
            with closing(_connect(self._path)) as session:
                _prepare(session, request)
                if request.insert:
                    return _run_insert(session, request.insert)
                return _run_query(session, request, request.text or b"")
        except (RuntimeError, chdb.ChdbError) as trouble:
            raise ServerError.of_engine(str(trouble)) from trouble

    def close(self) -> None:
        """Shut the engine down; all that was inserted is on disk."""
        self._keeper.close()


def quoted(value: str) -> str:
    """Write a string literal of ClickHouse's SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def set_statement(settings: Mapping[str, str]) -> str:
    """Give the SET statement of these settings and query parameters; `readonly` comes last."""
    order = sorted(settings, key=lambda name: name == "readonly")
    pairs = (f"`{name.replace('`', '')}` = {quoted(settings[name])}" for name in order)
    return "SET " + ", ".join(pairs)


def _prepare(session: Any, request: Request) -> None:  # noqa: ANN401  # chDB has no types
    if request.database:
        session.query(f"USE `{request.database.replace('`', '')}`", "Null")
    session.query(set_statement({**SESSION_SETTINGS, **request.settings}), "Null")


def _run_query(session: Any, request: Request, text: bytes) -> Answer:  # noqa: ANN401  # as above
    result = session.query(text, request.format)
    # A copy: the engine's own buffer does not outlive the connection.
    body = memoryview(result.bytes() if result.size() else b"")
    shown = request.format if answers_rows(text) else None
    summary = _summary(
        read_rows=result.storage_rows_read(),
        read_bytes=result.storage_bytes_read(),
        written_rows=result.rows_written(),
        written_bytes=result.bytes_written(),
        elapsed=result.elapsed(),
    )
    return Answer(body, shown, summary)


def _run_insert(session: Any, insert: Insert) -> Answer:  # noqa: ANN401  # as above
    with session.send_insert(insert.statement, insert.format) as stream:
        if insert.data:
            stream.append(insert.data)
        done = stream.finish()
    summary = _summary(
        read_rows=done.rows_written,
        read_bytes=len(insert.data),
        written_rows=done.rows_written,
        written_bytes=done.bytes_written,
        elapsed=done.elapsed,
    )
    return Answer(memoryview(b""), None, summary)


def _summary(**counts: float) -> str:
    """Give the summary header; ClickHouse writes its numbers as strings."""
    elapsed = counts.pop("elapsed")
    texts = {name: str(int(count)) for name, count in counts.items()}
    return json.dumps({**texts, "elapsed_ns": str(int(elapsed * 1e9))})
