"""The page *Corridors* in headless Chromium: what a reader sees and clicks."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import published_rows
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from streams.settings import Endpoints
from streams.viewer.app import free_port

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CASES = published_rows.cases()
SERVER = """
import sys
from streams.settings import Endpoints
from streams.viewer.app import serve
serve(Endpoints.model_validate_json(sys.argv[1]), int(sys.argv[2]))
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.integration,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not on this machine"),
]

expect.set_options(timeout=60_000)


@contextmanager
def viewer(endpoints: Endpoints) -> Iterator[str]:
    """Run the viewer in a process of its own, as the command does, and give its address."""
    port = free_port(0)
    command = [sys.executable, "-c", SERVER, endpoints.model_dump_json(), str(port)]
    with subprocess.Popen(command) as process:
        try:
            transport = httpx.HTTPTransport(retries=50)
            with httpx.Client(transport=transport, trust_env=False) as client:
                for _ in range(200):
                    if process.poll() is not None or _answers(client, port):
                        break
            yield f"http://127.0.0.1:{port}/"
        finally:
            os.kill(process.pid, signal.SIGINT)


def _answers(client: httpx.Client, port: int) -> bool:
    try:
        return client.get(f"http://127.0.0.1:{port}/", timeout=20).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def address(module_database: Endpoints) -> Iterator[str]:
    published_rows.load(module_database)
    with viewer(module_database) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def trouble() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, address: str, trouble: list[str]) -> Iterator[Page]:
    """A fresh page; console errors, failed and outside requests fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    tab.on("request", lambda r: None if r.url.startswith(own) else trouble.append(r.url))
    yield tab
    context.close()
    assert not trouble


def number(page: Page, title: str) -> Locator:
    return panel(page, title).locator(".number")


def panel(page: Page, title: str) -> Locator:
    return page.locator(".panel").filter(has=page.locator(".title", has_text=title)).first


def choose(page: Page, variable: str, text: str) -> None:
    page.locator(f".var-{variable}").click()
    page.get_by_role("option", name=text, exact=True).click()
    page.keyboard.press("Escape")


def chart(page: Page, title: str) -> list[dict[str, Any]]:
    """Options of the chart as the browser holds them."""
    script = """fill => JSON.stringify(
      getElement(Number(fill.id.slice(1))).chart.getOption().series.map(
        s => ({name: s.name, data: s.data.map(d => d?.value ?? d)})))"""
    fill = panel(page, title).locator(".nicegui-echart")
    fill.locator("canvas").first.wait_for()
    drawn: list[dict[str, Any]] = json.loads(fill.evaluate(script))
    return drawn


def test_page_opens_on_the_published_history_without_empty_panels(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    kilos = sum(case.kilos for case in CASES)
    expect(number(page, "Kilos seized (kg)")).to_have_text(f"{kilos:,.0f}")
    expect(number(page, "Median load (kg)")).to_have_text("530")
    expect(number(page, "Data shown")).to_have_text("real only")
    expect(page.locator(".message:visible", has_text="Loading")).to_have_count(0)
    shown = [m for m in page.locator(".message:visible").all_inner_texts() if m]
    # The case file has no scans: the page says so instead of drawing zeros.
    assert shown == [
        "No scans reported in this range. Simulated scans: choose SYNTHETIC under Data."
    ]
    assert page.locator(".message.error:visible").count() == 0


def test_charts_hold_the_numbers_of_the_file(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    page.wait_for_timeout(1500)
    monthly = Counter(c.day.strftime("%Y-%m") for c in CASES if c.precision in {"DAY", "MONTH"})
    (series,) = chart(page, "Seizures over time")
    drawn = {
        datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m"): n for at, n in series["data"]
    }
    assert drawn == monthly
    lines = [s for s in chart(page, "Corridors from origin") if s["name"] != "stopped there"]
    assert sum(len(s["data"]) for s in lines) > 50
    (stopped,) = chart(page, "Where loads were stopped")
    assert max(stopped["data"]) == max(Counter(case.place for case in CASES).values())


def test_choosing_a_range_changes_numbers_and_address(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    page.get_by_role("button", name="2016 to today").click()
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-12-31T23:59:59")
    page.get_by_role("button", name="Apply").click()
    in_2020 = sum(c.day.year == 2020 for c in CASES)  # the whole year is in the range
    expect(number(page, "Seizures")).to_have_text(str(in_2020))
    assert "from=2020-01-01" in page.url


def test_choosing_a_country_filters_and_is_a_deep_link(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    choose(page, "country", "Paraguay")
    expected = sum(
        any(p[:2] == "PY" for p in (c.origin, c.place, c.destination, *c.transit.split("|")))
        for c in CASES
    )
    expect(number(page, "Seizures")).to_have_text(str(expected))
    assert "var-country=PY" in page.url
    page.goto(page.url)
    expect(number(page, "Seizures")).to_have_text(str(expected))


def test_simulated_data_appears_when_asked_for_and_is_marked(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Scans")).to_have_text("none reported")
    choose(page, "provenance", "SYNTHETIC (simulated)")
    expect(number(page, "Scans")).to_have_text("480")
    expect(number(page, "Seizures")).to_have_text(str(len(CASES) + 2))
    expect(number(page, "Data shown")).to_have_text("REAL + SYNTHETIC")
    expect(page.locator(".message:visible")).to_have_count(0)
    names = {series["name"] for series in chart(page, "Scans, and hits per scan")}
    assert "Scans (SYNTHETIC)" in names
    assert "Scans" not in names


def test_sources_open_their_own_page_in_a_new_tab(page: Page, address: str) -> None:
    page.goto(address)
    link = panel(page, "Latest seizures").locator("a").first
    expect(link).to_have_attribute("target", "_blank")
    newest = max(CASES, key=lambda case: (case.day, case.precision == "DAY"))
    expect(link).to_have_attribute("href", newest.raw["source_url"])
    expect(link).to_have_text(newest.raw["source_title"])


def test_csv_is_what_the_panel_shows(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    panel(page, "Where loads were stopped").locator("canvas").first.wait_for()
    with page.expect_download() as download:
        page.get_by_label("CSV of Where loads were stopped").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[0] == "Stopped at,Seizures,Seizures (SYNTHETIC)"
    assert f"Santos (BRSSZ),{sum(c.place == 'BRSSZ' for c in CASES)}," in text


def test_a_click_on_the_legend_hides_a_trend(page: Page, address: str) -> None:
    page.goto(address)
    expect(number(page, "Seizures")).to_have_text(str(len(CASES)))
    fill = panel(page, "Corridors from origin").locator(".nicegui-echart")
    fill.locator("canvas").first.wait_for()
    box = fill.bounding_box()
    assert box
    # The legend stands in the middle of the lower edge; "no clear change" is its third entry.
    selected = """(fill, at) => {
      const chart = getElement(Number(fill.id.slice(1))).chart;
      return Object.entries(chart.getOption().legend[0].selected).filter(e => !e[1]).length}"""
    page.mouse.click(box["x"] + box["width"] / 2 - 80, box["y"] + box["height"] - 20)
    page.wait_for_timeout(500)
    assert fill.evaluate(selected) == 1


def test_dark_page_at_full_width_has_no_overflow(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    tab = context.new_page()
    tab.goto(address + "?theme=dark")
    expect(number(tab, "Seizures")).to_have_text(str(len(CASES)))
    expect(tab.locator("body.body--dark")).to_have_count(1)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_a_database_that_is_away_is_told_and_comes_back_by_itself(
    browser: Browser, stack: Any, address: str
) -> None:
    tab = browser.new_page()
    tab.goto(address + "?refresh=5s")
    expect(number(tab, "Seizures")).to_have_text(str(len(CASES)))
    stack.stop("clickhouse")
    try:
        expect(tab.get_by_role("alert")).to_contain_text("ClickHouse does not answer")
        expect(number(tab, "Seizures")).to_have_text(str(len(CASES)))
    finally:
        stack.heal()
    expect(tab.get_by_role("alert")).not_to_be_visible()
    tab.close()
