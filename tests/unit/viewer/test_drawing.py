"""Options of charts, tables and maps from small frames."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from streams.viewer import charts, maps, tables, units
from streams.viewer.dashboard import Panel, load, read
from streams.viewer.database import Frame
from streams.viewer.export import as_csv, file_name
from streams.viewer.look import DARK, LIGHT

BOARD = load("corridors")
BOUNDS = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))


def panel(title: str) -> Panel:
    return next(each for each in BOARD.panels if each.title == title)


def test_series_take_the_dashboards_colours_and_axes() -> None:
    names = ("time", "Scans", "Scans (SYNTHETIC)", "Suspects per 1,000 scans (SYNTHETIC)")
    types = ("DateTime('UTC')", "Nullable(Int64)", "Nullable(Int64)", "Nullable(Float64)")
    frame = Frame(names, types, [["2024-05-01 00:00:00", None, 40, 25.0]])
    options = charts.timeseries(panel("Scans, and hits per scan"), frame, LIGHT, BOUNDS)
    simulated, rate = options["series"]
    assert simulated["name"] == "Scans (SYNTHETIC)"
    assert simulated["itemStyle"]["color"] == "#CC79A7"
    assert simulated["data"] == [[1714521600000, 40]]
    assert (rate["type"], rate["yAxisIndex"]) == ("line", 1)


def test_a_series_without_any_value_is_not_drawn() -> None:
    frame = Frame(
        ("time", "Seizures", "Seizures (SYNTHETIC)"),
        ("DateTime", "Nullable(Int64)", "Nullable(Int64)"),
        [["2024-05-01 00:00:00", 3, None]],
    )
    options = charts.timeseries(panel("Seizures over time"), frame, DARK, BOUNDS)
    assert [series["name"] for series in options["series"]] == ["Seizures"]


def test_the_last_piece_of_a_stacked_bar_carries_the_sum() -> None:
    frame = Frame(
        ("Stopped at", "Seizures", "Seizures (SYNTHETIC)"),
        ("String", "Nullable(Int64)", "Nullable(Int64)"),
        [["Santos (BRSSZ)", 1055, 2], ["Rotterdam (NLRTM)", 57, None]],
    )
    real, simulated = charts.barchart(panel("Where loads were stopped"), frame, LIGHT)["series"]
    assert [piece["label"]["show"] for piece in real["data"]] == [False, True]
    assert simulated["data"][0]["label"] | {"formatter": "1,057"} == simulated["data"][0]["label"]


def test_corridors_are_wide_by_seizures_coloured_by_trend_and_dashed_if_simulated() -> None:
    ports = Frame(
        ("id", "title", "latitude", "longitude", "interceptions", "kilos"),
        ("String", "String", "Float64", "Float64", "Int64", "Float64"),
        [["A", "A", 0.0, 1.0, 9, 1.0], ["B", "<b>B</b>", 2.0, 3.0, 0, 0.0]],
    )
    names = ("id", "source", "target", "corridor", "seizures", "kilos", "trend", "data")
    rows = [
        ["1", "A", "B", "A to B", 10, 5.0, "rising", "real"],
        ["2", "B", "A", "B to A", 5, 5.0, "falling", "synthetic"],
    ]
    types = ("String",) * 4 + ("Int64", "Float64", "String", "String")
    map_panel = panel("Corridors from origin to intended destination")
    options = maps.geomap(map_panel, [ports, Frame(names, types, rows)], LIGHT, first=True)
    series = {each["name"]: each for each in options["series"]}
    rising, falling = series["rising"]["data"][0], series["falling"]["data"][0]
    assert rising["coords"] == [[1.0, 0.0], [3.0, 2.0]]
    assert rising["lineStyle"]["width"] > falling["lineStyle"]["width"]
    assert falling["lineStyle"]["type"] == "dashed"
    assert series["rising"]["itemStyle"]["color"] != series["falling"]["itemStyle"]["color"]
    circles = series["stopped there"]["data"]
    assert circles[0]["symbolSize"] > circles[1]["symbolSize"]
    assert "&lt;b&gt;" in circles[1]["tip"], "names are data, not markup"


def test_later_maps_keep_the_readers_view() -> None:
    ports = Frame(("id", "title", "latitude", "longitude", "interceptions", "kilos"))
    edges = Frame(("id", "source", "target", "corridor", "seizures", "trend"))
    map_panel = panel("Corridors from origin to intended destination")
    first = maps.geomap(map_panel, [ports, edges], LIGHT, first=True)["geo"]
    later = maps.geomap(map_panel, [ports, edges], LIGHT, first=False)["geo"]
    assert "center" in first
    assert "center" not in later


def test_only_web_addresses_become_links() -> None:
    latest = panel("Latest seizures")
    names = ("Date", "Source", "Source address")
    frame = Frame(names, ("String",) * 3, [["2024", "t", "javascript:alert(1)"]])
    columns = tables.grid(latest, frame)["columnDefs"]
    assert "^https?:" in columns[1][":cellRenderer"]
    assert "p.data.c2" in columns[1][":cellRenderer"]
    assert columns[2]["hide"]


@pytest.mark.parametrize(
    ("value", "config", "expected"),
    [
        (1234567.8, {"unit": "locale", "decimals": 0}, "1,234,568"),
        (25.0, {"decimals": 1}, "25.0"),
        (None, {"noValue": "no scans"}, "no scans"),
        (None, {}, "unknown"),
        (0, {"noValue": "no scans"}, "0"),
        (90_000, {"unit": "s"}, "1.0 d"),
    ],
)
def test_unknown_is_never_zero_and_numbers_are_grouped(
    value: float | None, config: dict[str, Any], expected: str
) -> None:
    assert units.text(value, config) == expected


def test_csv_gives_the_frame_back() -> None:
    frame = Frame(("Place", "Kilos"), ("String", "Float64"), [['Itajaí, "old"', 1.5], ["", None]])
    rows = list(csv.reader(io.StringIO(as_csv(frame).decode())))
    assert rows == [["Place", "Kilos"], ['Itajaí, "old"', "1.5"], ["", ""]]
    assert file_name(panel("Latest seizures"), "A") == "latest-seizures.csv"


def test_a_panel_that_cannot_be_drawn_is_refused() -> None:
    raw: dict[str, Any] = {
        "uid": "x",
        "title": "x",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {"quick_ranges": [], "refresh_intervals": []},
        "templating": {"list": []},
        "panels": [{"id": 1, "type": "canvas", "gridPos": {"x": 0, "y": 0, "w": 1, "h": 1}}],
    }
    with pytest.raises(ValueError, match="canvas"):
        read(json.loads(json.dumps(raw)))
