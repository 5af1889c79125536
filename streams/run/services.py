"""The services a run needs: those that the environment names, else the local stack."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from streams import settings
from streams.local import stack
from streams.local.layout import Layout
from streams.prepare import prepare
from streams.run.children import finish, launch
from streams.run.phases import Phases
from streams.settings import Endpoints

KEEPER: Final = "keeper"


def named() -> Endpoints | None:
    """Give the services that the environment names; None unless it names all of them."""
    try:
        return Endpoints()  # type: ignore[call-arg]  # filled from the environment
    except ValidationError:
        return None


@contextmanager
def services(home: Path, lock: int, phases: Phases) -> Iterator[Endpoints]:
    """Have all services up and prepared: tables, topics, schemas.

    lock: descriptor of the run's lock, for the keeper. A stack that ran before is left running.
    """
    outside = named()
    with _nothing() if outside else _local_stack(home, lock, phases):
        with phases("stack"):
            endpoints = outside or _up(home)
        with phases("prepare"):
            prepare(endpoints)
        yield endpoints


def _up(home: Path) -> Endpoints:
    stack.up(home)
    return settings.endpoints(home)  # what the environment names wins, as in every command


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _local_stack(home: Path, lock: int, phases: Phases) -> Iterator[None]:
    """Stop the stack at the end, also of a run that is killed: the keeper sees to that."""
    if stack.all_running(stack.status(home)):
        yield
        return
    layout = Layout.of(home)
    command = [sys.executable, "-m", "streams.run.keeper", str(layout.home)]
    keeper = launch(command, layout.home, layout.log(KEEPER), layout.pid(KEEPER), keep=[lock])
    try:
        yield
    finally:
        with phases("stop"):
            stack.down(home)
            keeper.kill()
            finish(keeper, 1.0)
            layout.pid(KEEPER).unlink(missing_ok=True)
