import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest
import settings_table
import typer
from pages import LINK, PAGES, ROOT

from streams import commands as groups

PAGE_IDS = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named <= there


def test_all_pages_are_listed() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    names = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "index.md"]
    assert [name for name in names if f"({name})" not in index] == []


def test_the_settings_are_those_of_the_code() -> None:
    page = settings_table.PAGE.read_text("utf-8")
    assert settings_table.table() in page, "Run: python tests/docs/settings_table.py"


def commands() -> set[str]:
    app = typer.Typer()
    for module in pkgutil.iter_modules(groups.__path__):
        importlib.import_module(f"streams.commands.{module.name}").register(app)
    return set(typer.main.get_group(app).commands)


def test_the_commands_are_those_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `waterbed ([a-z-]+)` \|", readme, re.MULTILINE)) == commands()


def failures() -> list[str]:
    page = (ROOT / "docs" / "failures.md").read_text("utf-8")
    return re.findall(r"`(tests/[^`]+)`", page)


@pytest.mark.parametrize("named", failures())
def test_each_failure_has_its_test(named: str) -> None:
    path, _, name = named.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_a_failure_is_never_without_a_test() -> None:
    page = (ROOT / "docs" / "failures.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert len(failures()) >= len(rows)
    assert all("`tests/" in row for row in rows)


def test_make_help_lists_the_verbs() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    for verb in ("setup", "run", "test", "bench", "clean", "help"):
        assert f"make {verb} " in shown.stdout
