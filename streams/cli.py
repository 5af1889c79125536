"""The `waterbed` command: puts the command groups of `streams.commands` together."""

import importlib
from typing import Final

import typer

#: Modules of `streams.commands`; each has `register(app: typer.Typer) -> None`.
GROUPS: Final = (
    "run",
    "local",
    "schemas",
    "topics",
    "store",
    "places",
    "ingest",
    "analyse",
    "history",
    "simulate",
    "audit",
    "status",
    "view",
    "bench",
)

app = typer.Typer(
    name="waterbed",
    help="Live smuggling-route intelligence for customs services.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)


def main() -> None:
    """Entry point of the `waterbed` command."""
    for group in GROUPS:
        importlib.import_module(f"streams.commands.{group}").register(app)
    app()
