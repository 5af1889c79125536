"""`waterbed run` as a person uses it: a process with a terminal's signals, and its own stack."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from streams.local import process, stack
from streams.local.layout import Layout
from streams.run.children import NAMES
from streams.simulate.history import PUBLISHED

WATERBED = Path(sys.executable).with_name("waterbed")
LIMIT = 240.0
SERVICES = ("KAFKA", "REGISTRY", "CLICKHOUSE", "DATABASE")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("run")
    yield folder
    stack.reset(folder)


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = {k: v for k, v in os.environ.items() if k[9:] not in SERVICES}
    return subprocess.Popen(
        [WATERBED, "run", "--home", home, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(run: "subprocess.Popen[str]") -> tuple[str, str]:
    """Wait for the end; a run that hangs is told to stop and fails the test by its status."""
    try:
        return run.communicate(timeout=LIMIT + 100)
    except subprocess.TimeoutExpired:
        run.terminate()
        return run.communicate(timeout=60)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, f"Waited in vain: {what}"
        time.sleep(0.2)


def until_said(run: "subprocess.Popen[str]", text: str) -> str:
    """Read what the run says until the text comes; gives that line."""
    assert run.stderr is not None
    said = []
    for line in run.stderr:
        said.append(line)
        if text in line:
            return line
    pytest.fail(f"{text!r} was not said, but: {''.join(said)}")


def belonging(home: Path) -> list[psutil.Process]:
    """Every process that was started for this home, found by what it was started with."""
    found = []
    for candidate in psutil.process_iter():
        try:
            ours = candidate.environ().get("WATERBED_HOME") == str(home)
            if (ours or str(home) in " ".join(candidate.cmdline())) and candidate.is_running():
                found.append(candidate)
        except psutil.Error:
            continue  # it ended meanwhile, or is another user's
    return [p for p in found if p.status() != psutil.STATUS_ZOMBIE]


def usable_rows() -> int:
    """Count what the file itself offers: rows about one seizure, not about a whole year."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return sum("context row" not in row["notes"].lower() for row in csv.DictReader(file))


def test_until_loaded_lands_all_published_seizures_beside_garbage(home: Path) -> None:
    run = start(home, "--until-loaded", "--json", "--garbage", "0.01", "--timeout", "200")
    out, said = finish(run)
    assert run.returncode == 0, said
    told = json.loads(out)
    assert told["published_seizures"] == usable_rows()
    assert told["sent"] > told["published_seizures"] + 3000 - 1
    assert told["dead_lettered"] > 0
    assert told["landed"] > told["published_seizures"]
    assert told["aggregates_lag_seconds"] == 0
    assert {"stack", "prepare", "load", "ingest", "aggregates", "stop"} <= told["phases"].keys()
    assert not belonging(home)


def test_a_live_run_shows_pages_restarts_a_child_and_refuses_a_second_run(home: Path) -> None:
    import httpx  # noqa: PLC0415  # only here

    with start(home, "--rate", "20") as run:
        url = until_said(run, "http://").split("http://")[1].split()[0]
        assert httpx.get(f"http://{url}").is_success
        second = start(home, "--until-loaded")
        _, refusal = second.communicate(timeout=60)
        assert second.returncode == 1
        assert str(run.pid) in refusal
        ingest = Layout.of(home).pid("ingest")
        first = process.find(ingest)
        assert first is not None
        first.kill()
        assert "ingest ended with status -9" in until_said(run, "ingest ended")

        def again() -> bool:
            found = process.find(ingest)
            return found is not None and found.pid != first.pid

        until(again, "ingest to start again")
        assert run.stderr is not None
        run.stderr.close()  # the person's pipe may go first: Ctrl-C ends `tee`, too
        run.send_signal(signal.SIGTERM)
        assert run.wait(120) == 0
    assert not belonging(home)


def test_nothing_outlives_a_run_that_is_killed_and_the_next_one_goes_on(home: Path) -> None:
    layout = Layout.of(home)
    with start(home, "--no-simulation") as run:
        until_said(run, "http://")
        kept = [name for name in NAMES if process.find(layout.pid(name))]
        assert kept == ["view", "ingest", "analyse"]
        run.kill()
    until(lambda: not belonging(home), "everything to end after SIGKILL")
    with start(home, "--until-loaded", "--json", "--timeout", "200") as following:
        out, said = finish(following)
    assert following.returncode == 0, said
    told = json.loads(out)
    assert told["landed"] >= told["published_seizures"] == usable_rows()
    assert not belonging(home)
