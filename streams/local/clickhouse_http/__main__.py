"""Run the server: `python -m streams.local.clickhouse_http --path FOLDER --port N`.

Answers on loopback until SIGTERM or SIGINT; then finishes what runs and closes the engine.
"""

from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web

from streams.local.clickhouse_http.engine import Engine
from streams.local.clickhouse_http.server import Front


def main(
    path: Annotated[Path, typer.Option(help="Folder of the engine's data.")],
    port: Annotated[int, typer.Option(help="Port on loopback.")],
) -> None:
    """Serve the engine on this path until told to stop."""
    app = Front(Engine(path)).app()
    # Bodies are decoded beside the event loop, and in encodings that aiohttp does not know.
    web.run_app(
        app,
        host="127.0.0.1",
        port=port,
        print=None,
        access_log=None,
        shutdown_timeout=5.0,
        auto_decompress=False,
    )


if __name__ == "__main__":
    typer.run(main)
