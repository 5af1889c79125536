"""Detached daemons: started in their own session, found again by pid file, stopped for sure."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

from streams.local.layout import write_atomically

#: Seconds a part has to stop by itself before it is killed.
PATIENCE: Final = 30.0


def start(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path, pid_file: Path
) -> psutil.Process:
    """Start a daemon in its own session, so that it outlives the terminal and its Ctrl-C."""
    folder.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = psutil.Process(child.pid)
    mark = {"pid": process.pid, "created": process.create_time()}
    write_atomically(pid_file, json.dumps(mark))
    return process


def find(pid_file: Path) -> psutil.Process | None:
    """Give the process named by the pid file; None when it ended.

    A pid that another program got since is not taken for ours: the time of creation differs.
    """
    if not pid_file.is_file():
        return None
    mark = json.loads(pid_file.read_bytes())
    try:
        process = psutil.Process(mark["pid"])
        same = abs(process.create_time() - mark["created"]) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def stop(pid_file: Path) -> None:
    """End the process in good order, with force after `PATIENCE` seconds; then forget it."""
    process = find(pid_file)
    if process is not None:
        _end(process)
    pid_file.unlink(missing_ok=True)


def kill(pid_file: Path) -> None:
    """Kill the process at once, as a crash would; its pid file stays behind."""
    process = find(pid_file)
    if process is not None:
        process.kill()
        process.wait(PATIENCE)


def _end(process: psutil.Process) -> None:
    try:
        process.terminate()
        process.wait(PATIENCE)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)
    except psutil.NoSuchProcess:
        return  # it ended between being found and being told to


def tail(log: Path, lines: int = 15) -> str:
    """Give the last lines of a log file."""
    if not log.is_file():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
