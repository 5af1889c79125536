"""Progress of a start on standard error: downloads in bytes, parts until they are healthy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich import progress as bars
from rich.console import Console


class Progress:
    """Bars on standard error; silent when `quiet`. Usable from several threads."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._bars = bars.Progress(
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.TextColumn("{task.fields[note]}"),
            bars.TimeElapsedColumn(),
            console=Console(stderr=True, quiet=quiet),
            disable=quiet,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    @contextmanager
    def download(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Show one download of `size` bytes; the function given takes the bytes that came."""
        task = self._bars.add_task(name, total=size, note=f"{size / 1e6:.1f} MB")
        yield lambda count: self._bars.advance(task, count)
        self._bars.remove_task(task)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Show a part from its launch until it is healthy."""
        task = self._bars.add_task(name, total=None, note="starting")
        yield
        self._bars.update(task, total=1, completed=1, note="healthy")
