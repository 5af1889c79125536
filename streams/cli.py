"""The `waterbed` command: puts the command groups of `streams.commands` together."""

import importlib
import pkgutil
import sys

import typer

from streams import commands
from streams.errors import WaterbedError

app = typer.Typer(
    name="waterbed",
    help="Live smuggling-route intelligence for customs services.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)


def main() -> None:
    """Entry point of the `waterbed` command.

    Each module of `streams.commands` offers `register(app)`; heavy imports stay inside the
    commands' functions, so `waterbed --help` answers at once.
    """
    for module in sorted(m.name for m in pkgutil.iter_modules(commands.__path__)):
        importlib.import_module(f"streams.commands.{module}").register(app)
    try:
        app()
    except WaterbedError as error:
        # What a person can act on needs no stack trace; anything else is a fault of ours.
        typer.secho(f"{error}", err=True, fg=typer.colors.RED)
        sys.exit(1)


if __name__ == "__main__":
    main()
