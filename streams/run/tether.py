"""A `waterbed` command that ends with the process that started it, however that one ends.

The starter holds the other end of standard input and never writes to it. When the starter is gone,
also by SIGKILL, the kernel closes that end and the read below returns. This needs no parent-death
signal, which only Linux has.

Run as `python -m streams.run.tether COMMAND...`.
"""

import os
import signal
import sys
import threading
import time
from typing import Final

#: Seconds the command has to stop by itself once its starter is gone.
PATIENCE: Final = 15.0


def main() -> None:
    """Run the command that the arguments name."""
    threading.Thread(target=_end_with_starter, args=(sys.stdin.fileno(),), daemon=True).start()
    from streams.cli import main as waterbed  # noqa: PLC0415  # the watch comes first

    sys.argv[0] = "waterbed"
    waterbed()


def _end_with_starter(standard_input: int) -> None:
    while os.read(standard_input, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
