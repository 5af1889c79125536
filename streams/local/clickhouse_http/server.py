"""The HTTP side: reads whole requests, hands them to threads, writes answers in pieces."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from aiohttp import web

from streams.local.clickhouse_http.engine import Answer, Engine
from streams.local.clickhouse_http.errors import ServerError
from streams.local.clickhouse_http.request import Request, decoded, parse

#: Requests that run at once; the others wait their turn.
THREADS: Final = 8
#: Bytes of an answer written before the slowest client is waited for.
PIECE: Final = 1024 * 1024
CONTENT_TYPES: Final = {
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8",
    "CSVWithNames": "text/csv; charset=UTF-8",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
}


class Front:
    """Routes of the server in front of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="query")

    def app(self) -> web.Application:
        """Give the application; its clean-up ends the running queries, then the engine."""
        app = web.Application(client_max_size=0)
        app.router.add_get("/ping", _ping)
        app.router.add_get("/replicas_status", _ping)
        app.router.add_route("*", "/", self._answer)
        app.on_cleanup.append(self._close)
        return app

    async def _answer(self, http: web.Request) -> web.StreamResponse:
        # The body is complete before anything runs: a client that dies while it sends an insert
        # leaves nothing behind.
        params, body = await _read(http)
        if http.method == "GET" and not params.get("query"):
            return await _ping(http)
        try:
            run = asyncio.get_running_loop().run_in_executor
            request, answer = await run(self._threads, self._run, params, http, body)
        except ServerError as error:
            return _refusal(error)
        return await _send(http, request, answer)

    def _run(
        self, params: dict[str, str], http: web.Request, body: bytes
    ) -> tuple[Request, Answer]:
        plain = decoded(body, http.headers.get("Content-Encoding", ""))
        if http.method == "GET":
            params = {"readonly": "2", **params}
        request = parse(params, http.headers, plain)
        return request, self._engine.run(request)

    async def _close(self, _: web.Application) -> None:
        await asyncio.to_thread(self._threads.shutdown, wait=True)
        await asyncio.to_thread(self._engine.close)


async def _ping(_: web.Request) -> web.StreamResponse:
    return web.Response(text="Ok.\n")


async def _read(http: web.Request) -> tuple[dict[str, str], bytes]:
    """Give parameters and body; fields of a form count as parameters."""
    params = dict(http.query)
    if not http.content_type.startswith("multipart/form-data"):
        return params, await http.read()
    form = await http.post()
    return {**params, **{name: str(value) for name, value in form.items()}}, b""


def _refusal(error: ServerError) -> web.Response:
    headers = {"X-ClickHouse-Exception-Code": str(error.code)}
    return web.Response(status=error.status, text=f"{error}\n", headers=headers)


async def _send(http: web.Request, request: Request, answer: Answer) -> web.StreamResponse:
    headers = {
        "X-ClickHouse-Summary": answer.summary,
        "X-ClickHouse-Query-Id": request.query_id,
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Server-Display-Name": "waterbed-local",
    }
    if answer.format:
        headers["X-ClickHouse-Format"] = answer.format
        headers["Content-Type"] = CONTENT_TYPES.get(answer.format, "application/octet-stream")
    response = web.StreamResponse(headers=headers)
    response.content_length = len(answer.body)
    await response.prepare(http)
    for start in range(0, len(answer.body), PIECE):
        await response.write(answer.body[start : start + PIECE])
    await response.write_eof()
    return response
