"""Peers doing the same job on the same topic, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import orjson

from streams.errors import StopError
from streams.settings import Endpoints

#: Peers and the program that runs each; more in `bench/README.md`.
PEERS: Final = {"faust": Path(__file__).parents[2] / "bench" / "faust_peer.py"}


def run(name: str, endpoints: Endpoints, folder: Path, events: int) -> float:
    """Give a peer's events a second, from the first it takes to the last it has inserted."""
    if name not in PEERS:
        raise StopError(f"No peer is called {name}. There are: {', '.join(PEERS)}")
    environment = os.environ | {
        f"WATERBED_{field.upper()}": str(value) for field, value in endpoints.model_dump().items()
    }
    done = subprocess.run(
        [sys.executable, str(PEERS[name]), str(events)],
        env=environment,
        capture_output=True,
        timeout=900,
        check=False,
    )
    (folder / f"{name}.log").write_bytes(done.stderr)
    if done.returncode != 0:
        raise StopError(f"The peer {name} failed: see {folder / f'{name}.log'}")
    return float(orjson.loads(done.stdout.splitlines()[-1])["events_per_second"])
