"""One HTTP request as ClickHouse reads it: statement, data, database, settings, parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import cramjam

from streams.local.clickhouse_http.errors import ServerError
from streams.local.clickhouse_http.statement import Insert, output_format, parse_insert

DEFAULT_FORMAT: Final = "TabSeparated"
#: Parameters of the protocol itself; all others are settings, or `param_` values of the query.
PROTOCOL: Final = frozenset(
    {
        *("query", "query_id", "database", "default_format", "user", "password", "quota_key"),
        *("session_id", "session_timeout", "session_check", "close_session", "role", "stacktrace"),
        *("compress", "decompress", "enable_http_compression", "http_zlib_compression_level"),
        *("client_protocol_version", "buffer_size", "wait_end_of_query"),
    }
)
DECODERS: Final[Mapping[str, Callable[[bytes], object]]] = {
    "gzip": cramjam.gzip.decompress,
    "deflate": cramjam.zlib.decompress,
    "zstd": cramjam.zstd.decompress,
    "lz4": cramjam.lz4.decompress,
    "br": cramjam.brotli.decompress,
}


@dataclass(frozen=True)
class Request:
    """What to run. Exactly one of `text` and `insert` is there."""

    text: bytes | None
    insert: Insert | None
    database: str | None
    format: str
    settings: dict[str, str] = field(default_factory=dict)
    query_id: str = ""


def decoded(body: bytes, encoding: str) -> bytes:
    """Undo the body's Content-Encoding. Raises ServerError for an unknown or broken one."""
    if not body or encoding in ("", "identity"):
        return body
    decoder = DECODERS.get(encoding)
    if decoder is None:
        raise ServerError(48, f"Content-Encoding {encoding} is not supported", "NOT_IMPLEMENTED")
    try:
        return bytes(memoryview(decoder(body)))  # type: ignore[arg-type]  # a cramjam buffer
    except cramjam.DecompressionError as broken:
        raise ServerError(354, f"Body is not {encoding}: {broken}", "INCORRECT_DATA") from broken


def parse(params: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Request:
    """Read a request whose body is complete and no longer encoded.

    The query is the `query` parameter followed by the body, or either alone, as in ClickHouse.
    """
    if "1" in (params.get("compress"), params.get("decompress")):
        raise ServerError(48, "compress and decompress are not supported", "NOT_IMPLEMENTED")
    query = params.get("query", "").encode()
    insert = _insert(query, body)
    text = None if insert else b"\n".join(piece for piece in (query, body) if piece)
    if text is not None and not text.strip():
        raise ServerError(62, "Empty query", "SYNTAX_ERROR")
    default = params.get("default_format") or headers.get("X-ClickHouse-Format") or DEFAULT_FORMAT
    return Request(
        text=text,
        insert=insert,
        database=params.get("database") or headers.get("X-ClickHouse-Database"),
        format=output_format(text, default) if text else default,
        settings={name: value for name, value in params.items() if name not in PROTOCOL},
        query_id=params.get("query_id") or str(uuid4()),
    )


def _insert(query: bytes, body: bytes) -> Insert | None:
    if not query:
        return parse_insert(body)
    found = parse_insert(query)
    if found is None:
        return None
    return Insert(found.statement, found.format, found.data + body if found.data else body)
