"""The local viewer as a web application on loopback."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import background_tasks, ui

from streams.errors import StopError
from streams.settings import Endpoints
from streams.viewer.dashboard import load
from streams.viewer.database import Database
from streams.viewer.page import Page

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 8050
FIRST_PAGE: Final = "corridors"
_OUTLINES: Final = "/outlines.json"
#: Seconds a page may be out of touch, as on a busy or sleeping machine, before it starts anew.
_RECONNECT: Final = 60.0
#: The far south only takes space; an outline over the date line draws a stroke over the map.
_NOT_DRAWN: Final = frozenset({"AQ", "FJ"})


def serve(endpoints: Endpoints, port: int = PORT) -> None:
    """Serve the dashboards on loopback until interrupted. Blocks; call it once in a process."""
    uvicorn.run(
        application(endpoints), host=LOOPBACK, port=port, log_level="warning", ws_max_size=2**24
    )


def address(port: int = PORT) -> str:
    """Give the address to open."""
    return f"http://{LOOPBACK}:{port}/"


def free_port(port: int = PORT) -> int:
    """Give the port if it is free, any free one for 0. Raises StopError if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as taken:
            raise StopError(f"Port {port} is taken: choose another with --port") from taken
        return int(probe.getsockname()[1])


def application(endpoints: Endpoints) -> FastAPI:
    """Make the application. NiceGUI keeps its pages globally: make one in a process."""
    database = Database(endpoints)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    web = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    web.get(_OUTLINES)(_outlines)
    _pages(database)
    ui.run_with(
        web,
        title="Waterbed",
        favicon="🌊",
        show_welcome_message=False,
        reconnect_timeout=_RECONNECT,
    )
    return web


def _pages(database: Database) -> None:
    style = (files("streams.viewer") / "style.css").read_text(encoding="utf-8")

    @ui.page("/")
    @ui.page("/d/{name}")
    async def page(request: Request, name: str = FIRST_PAGE) -> None:
        ui.add_css(style)
        shown = Page(load(name), database, request.url.query, _OUTLINES)
        client = ui.context.client
        await client.connected()
        running = background_tasks.create(shown.run(client), name=f"page {name}")
        client.on_delete(running.cancel)


def _outlines() -> Response:
    body = (files("streams.routes") / "data" / "land_110m.geojson").read_bytes()
    world: dict[str, Any] = json.loads(body)
    world["features"] = [
        feature for feature in world["features"] if feature["properties"]["iso2"] not in _NOT_DRAWN
    ]
    return Response(json.dumps(world), media_type="application/json")
