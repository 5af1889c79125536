"""Cleans up after a run that was killed: stops its children, then its stack.

Waits at its standard input like a tethered command (see `tether`), holds the run's lock meanwhile,
and is ended by the run itself when that stops in good order.

Run as `python -m streams.run.keeper HOME`.
"""

import os
import signal
import sys
from pathlib import Path

from streams.local import stack
from streams.run.children import sweep


def main() -> None:
    """Wait for the end of the starter, then stop everything in the home."""
    # The terminal's signals are for the run; it ends this process itself, by SIGKILL.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(sys.stdin.fileno(), 1):
        pass
    home = Path(sys.argv[1])
    sweep(home)
    stack.down(home)


if __name__ == "__main__":
    main()
