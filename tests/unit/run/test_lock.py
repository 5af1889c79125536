import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.errors import StopError
from streams.run.lock import NAME, only_run

HOLD = """
import sys
from pathlib import Path
from streams.run.lock import only_run
with only_run(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(home: Path) -> "subprocess.Popen[str]":
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def test_a_second_run_in_a_home_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        with (
            pytest.raises(StopError, match=f"process {other.pid}.*--home"),
            only_run(tmp_path, print),
        ):
            pass
        other.kill()


def test_a_home_is_free_after_its_run_was_killed(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.kill()
    with only_run(tmp_path, print):
        assert (tmp_path / NAME).read_text() == str(os.getpid())


def test_two_homes_run_side_by_side(tmp_path: Path) -> None:
    with only_run(tmp_path / "one", print), only_run(tmp_path / "other", print):
        pass


def test_a_run_waits_while_a_killed_runs_keeper_still_cleans_up(tmp_path: Path) -> None:
    said: list[str] = []
    with holder(tmp_path) as keeper:
        (tmp_path / NAME).write_text("")  # as when the process named there is gone

        def end_keeper(text: str) -> None:
            said.append(text)
            keeper.kill()

        with only_run(tmp_path, end_keeper):
            assert "was killed" in said[0]
