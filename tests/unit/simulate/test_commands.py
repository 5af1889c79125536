"""The commands: their output and their refusals."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from streams.commands import history, simulate

RUNNER = CliRunner()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    """Both commands, with no stack to be found."""
    for name in ("KAFKA", "REGISTRY", "CLICKHOUSE"):
        monkeypatch.delenv(f"WATERBED_{name}", raising=False)
    monkeypatch.setenv("WATERBED_HOME", str(tmp_path))
    app = typer.Typer()
    history.register(app)
    simulate.register(app)
    return app


def test_a_dry_run_reports_without_a_stack(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["load-history", "--dry-run", "--json"])
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["rows"], report["sent"], len(report["unusable"])) == (281, 0, 5)
    assert sum(report["by_topic"].values()) == 276


def test_the_table_names_topics_and_unused_rows(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["load-history", "--dry-run"])
    assert result.exit_code == 0
    assert "customs.br.seizure-report.v1" in result.stdout
    assert "context row" in result.stdout


@pytest.mark.parametrize("arguments", [["load-history"], ["simulate", "--duration", "1"]])
def test_without_a_stack_it_says_how_to_start_one(app: typer.Typer, arguments: list[str]) -> None:
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 1
    assert "waterbed local up" in result.stderr
    assert result.stdout == ""


def test_a_missing_file_is_an_error_not_a_trace(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["load-history", "none.csv", "--dry-run"])
    assert result.exit_code == 1
    assert "none.csv cannot be read" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--start", "soon"], ["--rate", "0"], ["--faults", "2"], ["--duration", "-1"]]
)
def test_wrong_options_are_refused(app: typer.Typer, arguments: list[str]) -> None:
    assert RUNNER.invoke(app, ["simulate", *arguments]).exit_code == 2
