"""Short runs of the bench on the shared stack's services: the figures are of the right things."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def bench(tmp_path: Path, *arguments: str) -> dict[str, object]:
    free = {f"WATERBED_{name}_PORT": "0" for name in ("KAFKA", "REGISTRY", "CLICKHOUSE")}
    home = ["--home", str(tmp_path / "stack")]
    command = [str(Path(sys.executable).parent / "waterbed")]
    try:
        done = subprocess.run(
            [*command, "bench", *arguments, *home, "--json"],
            env=os.environ | free,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
    finally:
        subprocess.run([*command, "local", "reset", *home], check=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.timeout(400)
def test_ingest_lands_every_event_and_names_rate_and_memory(tmp_path: Path) -> None:
    told = bench(
        tmp_path, "ingest", "--events", "60000", "--itineraries", "2000", "--peer", "faust",
        "--peer-events", "20000",
    )  # fmt: skip
    assert told["rows_landed"] == 60_000
    assert told["events_per_second"] > 0  # type: ignore[operator]
    assert told["peak_rss_mb"] > 50  # type: ignore[operator]
    assert told["peer"] == "faust"
    ours, theirs = told["events_per_second"], told["peer_events_per_second"]
    assert told["ratio"] == pytest.approx(ours / theirs, abs=0.1)  # type: ignore[operator]


@pytest.mark.timeout(400)
def test_latency_sees_every_marker_in_both_tables(tmp_path: Path) -> None:
    told = bench(tmp_path, "latency", "--rate", "200", "--seconds", "5")
    assert told["markers"] >= 20  # type: ignore[operator]
    for what in ("visible", "aggregate"):
        assert 0 < told[f"{what}_p50_s"] <= told[f"{what}_p99_s"]  # type: ignore[operator]
