"""Where the local stack keeps what: one home folder a stack, one cache for all of them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from streams.settings import STACK_FILE


@dataclass(frozen=True)
class Layout:
    """Paths inside one stack's home."""

    home: Path

    @classmethod
    def of(cls, home: Path) -> "Layout":
        """Give the layout of `home` as an absolute path: daemons run in other folders."""
        return cls(home.expanduser().resolve())

    @property
    def stack_file(self) -> Path:
        """Addresses of the running stack."""
        return self.home / STACK_FILE

    @property
    def ports_file(self) -> Path:
        """Ports of the last start, so that the next one takes the same."""
        return self.home / "ports.json"

    def data(self, part: str) -> Path:
        """Folder of what the part keeps between starts."""
        return self.home / "data" / part

    def log(self, part: str) -> Path:
        """File with what the part prints."""
        return self.home / "logs" / f"{part}.log"

    def pid(self, part: str) -> Path:
        """File that names the part's process."""
        return self.home / "run" / f"{part}.json"

    def lock(self) -> Path:
        """File locked while a command changes the stack; `reset` leaves it."""
        return self.home / "lock"


def cache_folder() -> Path:
    """Folder of downloads: `WATERBED_CACHE`, else the user's cache."""
    named = os.environ.get("WATERBED_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("waterbed")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; waits while another process holds it, is freed by any exit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_atomically(path: Path, text: str) -> None:
    """Write `text` so that readers see the old file or the new one, never a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_text(text)
    draft.replace(path)
