"""The commands that make up a running Waterbed, kept running and stopped for sure."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from streams.local import process
from streams.local.layout import Layout, write_atomically

#: Every command that a run may start; also the names of their logs and pid files.
NAMES: Final = ("simulate", "view", "ingest", "analyse")

#: Seconds a child has to stop by itself before it is killed.
PATIENCE: Final = 20.0
#: A child that ran so many seconds counts as healthy: its next end is a first one again.
HEALTHY: Final = 60.0
LONGEST_PAUSE: Final = 30.0

Say = Callable[[str], None]


def pause(ends: int) -> float:
    """Seconds to wait before a child is started again after so many ends in a row.

    >>> [pause(ends) for ends in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 30.0]
    """
    return min(LONGEST_PAUSE, 2.0 ** (ends - 1))


class Child:
    """One `waterbed` command, started again with growing pauses whenever it ends by itself.

    Not for several threads. The clock is in seconds and never runs backwards.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        say: Say,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        layout = Layout.of(home)
        self.name = arguments[0]
        self.log = layout.log(self.name)
        self._arguments, self._home = list(arguments), layout.home
        self._pid_file = layout.pid(self.name)
        self._say, self._clock = say, clock
        self._ends, self._since, self._due = 0, clock(), 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command on its tether, its output appended to its log."""
        command = [sys.executable, "-m", "streams.run.tether", *self._arguments]
        self._process = launch(command, self._home, self.log, self._pid_file)
        self._since = self._clock()

    def watch(self) -> None:
        """Start the command again if it ended and its pause is over. Call about once a second."""
        if self._process is not None and self._process.poll() is not None:
            self._ended(self._process.returncode)
        elif self._process is None and self._clock() >= self._due:
            self.start()

    def stop(self) -> None:
        """Ask the command to stop; `wait` makes sure. Does nothing if it does not run."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait for the end of a stopped command, by force after `PATIENCE` seconds."""
        if self._process is not None:
            finish(self._process, PATIENCE)
            self._process = None
        self._pid_file.unlink(missing_ok=True)

    def _ended(self, status: int) -> None:
        healthy = self._clock() - self._since > HEALTHY
        self._ends = 1 if healthy else self._ends + 1
        wait = pause(self._ends)
        self._process, self._due = None, self._clock() + wait
        self._say(
            f"{self.name} ended with status {status} and starts again in {wait:.0f} s: "
            f"{process.tail(self.log, 1)} (more in {self.log})"
        )


def launch(
    command: Sequence[str], home: Path, log: Path, pid_file: Path, keep: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a process tied to this one by its standard input; `keep`: descriptors it inherits.

    Its own session keeps the terminal's Ctrl-C away: it is stopped in order, not all at once.
    """
    for file in (log, pid_file):
        file.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env={**os.environ, "WATERBED_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep,
        )
    with suppress(psutil.NoSuchProcess):  # it ended at once; its starter sees that
        created = psutil.Process(child.pid).create_time()
        write_atomically(pid_file, json.dumps({"pid": child.pid, "created": created}))
    return child


def finish(child: subprocess.Popen[bytes], patience: float) -> None:
    """Wait for the end of a process that was asked to stop; kill it when it takes too long."""
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdin is not None:
        child.stdin.close()


def stop_all(children: Sequence[Child]) -> None:
    """Stop all, the later ones while the earlier ones still finish."""
    for child in children:
        child.stop()
    for child in children:
        child.wait()


def sweep(home: Path) -> list[str]:
    """Stop what a killed run left behind; gives the names of those that were still running."""
    layout = Layout.of(home)
    left = [name for name in NAMES if process.find(layout.pid(name))]
    for name in NAMES:
        process.stop(layout.pid(name))
    return left
