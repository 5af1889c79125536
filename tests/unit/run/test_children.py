from collections.abc import Sequence
from pathlib import Path

import pytest

from streams.run import children
from streams.run.children import HEALTHY, LONGEST_PAUSE, Child, pause


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Process:
    """A process that ends when the test says so."""

    stdin = None

    def __init__(self) -> None:
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    processes: list[Process] = []

    def launch(_command: Sequence[str], *_: object) -> Process:
        processes.append(Process())
        return processes[-1]

    monkeypatch.setattr(children, "launch", launch)
    return processes


def test_pauses_grow_up_to_a_limit() -> None:
    pauses = [pause(ends) for ends in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 1.0
    assert pauses[-1] == LONGEST_PAUSE


def test_a_child_that_ended_starts_again_after_its_pause(
    started: list[Process], tmp_path: Path
) -> None:
    said: list[str] = []
    time = Time()
    child = Child(["ingest"], tmp_path, said.append, time)
    child.start()
    child.watch()
    assert len(started) == 1
    started[0].returncode = 1
    child.watch()
    child.watch()
    assert len(started) == 1, "not before its pause is over"
    assert "ingest ended with status 1" in said[0]
    assert "ingest.log" in said[0]
    time.now += pause(1)
    child.watch()
    assert len(started) == 2


def test_ends_in_a_row_lengthen_the_pause_and_a_long_life_shortens_it(
    started: list[Process], tmp_path: Path
) -> None:
    time = Time()
    child = Child(["ingest"], tmp_path, lambda _: None, time)
    child.start()

    def pause_after(life: float) -> float:
        time.now += life
        started[-1].returncode = -9
        child.watch()
        began, count = time.now, len(started)
        while len(started) == count:
            time.now += 0.5
            child.watch()
        return time.now - began

    assert [pause_after(1.0) for _ in range(3)] == [1.0, 2.0, 4.0]
    assert pause_after(HEALTHY + 1) == 1.0
