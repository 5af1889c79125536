"""Peers doing the same job on the same topic, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import orjson

from streams.errors import StopError
from streams.local.layout import cache_folder, locked
from streams.settings import Endpoints

_FOLDER: Final = Path(__file__).parents[2] / "bench"

#: Each has a program `bench/<name>_peer.py`; all but Faust an environment of their own, made from
#: `bench/requirements-<name>.txt`, as their pins contradict ours.
PEERS: Final = ("faust", "quixstreams", "bytewax")

_SECONDS: Final = 900


def chosen(name: str | None) -> tuple[str, ...]:
    """Names of the peers that an option asks for: one, `all`, or None.

    Raises StopError if there is no such peer.
    """
    if name is None:
        return ()
    if name == "all":
        return PEERS
    if name not in PEERS:
        raise StopError(f"No peer is called {name}. There are: {', '.join(PEERS)}, all")
    return (name,)


def run(name: str, endpoints: Endpoints, folder: Path, events: int) -> float:
    """Give a peer's events a second, from the first it takes to the last it has inserted.

    Raises StopError if it fails.
    """
    environment = os.environ | {
        f"WATERBED_{field.upper()}": str(value) for field, value in endpoints.model_dump().items()
    }
    log = folder / f"{name}.log"
    done = subprocess.run(
        [_python(name), str(_FOLDER / f"{name}_peer.py"), str(events)],
        env=environment,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    log.write_bytes(done.stderr)
    if done.returncode != 0 or not done.stdout:
        raise StopError(f"The peer {name} failed: see {log}")
    return float(orjson.loads(done.stdout.splitlines()[-1])["events_per_second"])


def _python(name: str) -> str:
    """Interpreter that has the peer's packages; its environment is made once and kept."""
    wanted = _FOLDER / f"requirements-{name}.txt"
    if not wanted.is_file():
        return sys.executable
    home = cache_folder() / "peers" / name
    home.parent.mkdir(parents=True, exist_ok=True)
    stamp = home / "requirements.txt"
    with locked(home.parent / f"{name}.lock"):
        if not stamp.is_file() or stamp.read_text() != wanted.read_text():
            _do([sys.executable, "-m", "venv", "--clear", str(home)])
            _do([str(home / "bin" / "pip"), "install", "--quiet", "--requirement", str(wanted)])
            stamp.write_text(wanted.read_text())
    return str(home / "bin" / "python")


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StopError(f"{' '.join(command)} failed: {done.stderr}")
