"""What a run tells a person, on standard error."""

import os
import sys

from rich.console import Console


class Teller(Console):
    """A console that a gone reader does not disturb: what runs matters more than what is told."""

    def __init__(self) -> None:
        super().__init__(stderr=True, highlight=False)

    def on_broken_pipe(self) -> None:
        """Fall silent, where rich would end the program and skip what must still be stopped."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)
