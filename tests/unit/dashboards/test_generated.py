"""The committed JSON against its code, and what every page must have."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from dashboards import generate
from dashboards.query import DATASOURCE_TYPE, sql
from streams.names import event_topics

SQL = Path(generate.__file__).parent / "sql"


@pytest.fixture(params=list(generate.PAGES))
def page(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads(generate.text(request.param))


def drawn(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in page["panels"] if panel["type"] != "text"]


def queries(page: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [v["query"] for v in page["templating"]["list"] if v["type"] == "query"]
    return listed + [target for panel in drawn(page) for target in panel["targets"]]


@pytest.mark.parametrize("name", generate.PAGES)
def test_committed_json_is_what_the_code_generates(name: str) -> None:
    committed = (generate.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == generate.text(name), "run: python -m dashboards.generate"


def test_every_generated_file_has_its_page() -> None:
    assert {file.stem for file in generate.FOLDER.glob("*.json")} == set(generate.PAGES)


def test_uids_are_stable() -> None:
    uids = {name: json.loads(generate.text(name))["uid"] for name in generate.PAGES}
    assert uids == {"corridors": "waterbed-corridors"}


def test_panels_have_own_ids_titles_and_descriptions(page: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in page["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in drawn(page):
        assert panel["title"]
        assert len(panel["description"]) > 20, panel["title"]


def test_panels_with_numbers_have_units(page: dict[str, Any]) -> None:
    for panel in drawn(page):
        fields = panel["fieldConfig"]
        named = [p for o in fields["overrides"] for p in o["properties"] if p["id"] == "unit"]
        assert fields["defaults"].get("unit") or named, panel["title"]


def test_panels_lie_in_the_grid_and_do_not_overlap(page: dict[str, Any]) -> None:
    boxes = [panel["gridPos"] for panel in page["panels"]]
    assert all(box["x"] + box["w"] <= 24 for box in boxes)
    for a, b in combinations(boxes, 2):
        apart_x = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        apart_y = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert apart_x or apart_y, (a, b)


def test_queries_name_the_datasource_variable_only(page: dict[str, Any]) -> None:
    assert (
        page["templating"]["list"][0] | {"query": DATASOURCE_TYPE} == page["templating"]["list"][0]
    )
    for panel in drawn(page):
        for source in [panel["datasource"], *(t["datasource"] for t in panel["targets"])]:
            assert source == {"type": DATASOURCE_TYPE, "uid": "${datasource}"}


def test_variables_in_queries_are_quoted_and_declared(page: dict[str, Any]) -> None:
    names = {variable["name"] for variable in page["templating"]["list"]}
    for query in queries(page):
        used = re.findall(r"\$\{(\w+)(:\w+)?\}", query["rawSql"])
        assert {form for _, form in used} <= {":singlequote"}
        assert {name for name, _ in used} <= names


def test_every_sql_file_is_used_and_no_include_is_left() -> None:
    everything = "".join(generate.text(name) for name in generate.PAGES)
    assert "-- include" not in everything
    texts = {file.stem: file.read_text(encoding="utf-8") for file in SQL.glob("*.sql")}
    included = {name for text in texts.values() for name in re.findall(r"include (\w+)", text)}
    for name in texts:
        used = name in included or json.dumps(sql(name), ensure_ascii=False) in everything
        assert used, f"{name}.sql is used by no page"


def test_freshness_lists_every_topic_of_every_partner() -> None:
    listed = re.findall(r"'([a-z.\-]+v1)'", (SQL / "_topics.sql").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(event_topics())


def test_default_range_shows_the_published_history_until_now() -> None:
    page = json.loads(generate.text("corridors"))
    assert page["time"] == {"from": "2016-01-01T00:00:00.000Z", "to": "now"}


def test_synthetic_data_is_not_shown_unless_asked_for() -> None:
    page = json.loads(generate.text("corridors"))
    provenance = next(v for v in page["templating"]["list"] if v["name"] == "provenance")
    assert provenance["current"]["value"] == ["PARTNER", "OPEN_SOURCE"]
    assert [option["value"] for option in provenance["options"]][-1] == "SYNTHETIC"
