"""The page *Corridors*: where loads go, where they are stopped, and what is moving."""

from typing import Final

from grafana_foundation_sdk.builders import common, geomap, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as shared
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.geomap import ControlsOptions, MapViewConfig

from dashboards.colours import GREEN, ORANGE, SKY, SYNTHETIC, TREND, VERMILION
from dashboards.panels import (
    COUNT,
    Box,
    Panel,
    fixed,
    note,
    over_time,
    place,
    prop,
    ranking,
    rows,
    tile,
    value_colours,
)
from dashboards.query import SOURCE, ClickHouse
from dashboards.variables import shared as shared_variables

UID: Final = "waterbed-corridors"

QUESTIONS: Final = (
    "**Which corridors rose or fell, and since when? Where are loads stopped, and where were they "
    "going? Did we only scan more?**\n"
    "Counts decide; kilos and the median load stand beside them. Open sources are press-selected: "
    "they show what was reported, not all that happened. All times are UTC.\n"
)

#: Name, from, to, as Grafana writes times.
RANGES: Final = (
    ("2016 to today", "2016-01-01T00:00:00.000Z", "now"),
    ("2016 to 2024", "2016-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"),
    ("Last 5 years", "now-5y", "now"),
    ("Last 3 years", "now-3y", "now"),
    ("Last year", "now-1y", "now"),
    ("Last 90 days", "now-90d", "now"),
    ("Last 30 days", "now-30d", "now"),
    ("Last 7 days", "now-7d", "now"),
    ("Last 24 hours", "now-24h", "now"),
    ("Last hour", "now-1h", "now"),
)


def page() -> build.Dashboard:
    """Give the whole page."""
    board = (
        build.Dashboard("Corridors")
        .uid(UID)
        .description("Corridors of seized loads: counts, kilos, trends, and the effort behind them")
        .tags(["waterbed"])
        .timezone("utc")
        .readonly()
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .time(RANGES[0][1], RANGES[0][2])
        .timepicker(_picker())
        .refresh("30s")
        .variables(shared_variables())
    )
    for number, panel in enumerate(_panels(), start=1):
        board.with_panel(panel.id(number))
    return board


def _picker() -> build.TimePicker:
    ranges: list[Builder[model.TimeOption]] = [
        build.TimeOption().display(name).from_val(start).to(end) for name, start, end in RANGES
    ]
    refresh = ["5s", "10s", "30s", "1m", "5m", "15m", "1h"]
    return build.TimePicker().quick_ranges(ranges).refresh_intervals(refresh)


def _panels() -> list[Panel]:
    return [
        note(QUESTIONS, (0, 0, 24, 2)),
        *_tiles(2),
        _map((0, 5, 12, 17)),
        _movers((12, 5, 12, 17)),
        *_history(22),
        *_places(31),
        _latest((0, 43, 24, 13)),
        _scans((0, 56, 12, 12)),
        _freshness((12, 56, 12, 12)),
    ]


def _tiles(y: int) -> list[Panel]:
    return [
        tile(
            "Seizures",
            "seizures_total",
            "Number of seizure reports in the range. Dates known to the month or year count when "
            "the whole period lies in the range.",
            (0, y, 4, 3),
            "none",
        ),
        tile(
            "Kilos seized (kg)",
            "kilos_total",
            "Sum of the published weights. A few very large loads hold half of it.",
            (4, y, 4, 3),
            "unknown",
        ),
        tile(
            "Median load (kg)",
            "median_load",
            "Half of the seizures with a known weight were lighter.",
            (8, y, 4, 3),
            "unknown",
        ),
        tile(
            "Scans",
            "scans_total",
            "Container scans with a verdict: the effort. Not filtered by commodity.",
            (12, y, 4, 3),
            "none reported",
        ),
        tile(
            "Suspect per 1,000",
            "suspects_per_scan",
            "1,000 times scans with verdict SUSPECT / all scans. A verdict is no find yet.",
            (16, y, 4, 3),
            "no scans",
        ).decimals(1),
        tile(
            "Data shown",
            "data_shown",
            "Whether simulated events are among what this page shows with the chosen filters.",
            (20, y, 4, 3),
            "none",
        ).mappings([_marked()]),
    ]


def _marked() -> model.ValueMap:
    marks = ("SYNTHETIC ONLY", "REAL + SYNTHETIC")
    return model.ValueMap(
        options={mark: model.ValueMappingResult(color=SYNTHETIC) for mark in marks}
    )


def _map(box: Box) -> geomap.Panel:
    return (
        geomap.Panel()
        .title("Corridors from origin to intended destination")
        .description(
            "Lines: seizures in the range by width, trend by colour (one corridor at a time, "
            "two-sided 5 %; not an alert). Circles: seizures stopped there by size. A country "
            "stands for loads whose port is not known. Corridors with an unknown end or a region "
            "for an end are in the table only. The lines are not the ships' ways."
        )
        .datasource(SOURCE)
        .grid_pos(place(box))
        .with_target(ClickHouse("map_ports", ref="ports"))
        .with_target(ClickHouse("map_corridors", ref="corridors"))
        .view(_view())
        .controls(_controls())
        .basemap(common.MapLayerOptions().type("default").name("Background"))
        .layers([_outlines(), _network()])
        .unit(COUNT)
        .decimals(0)
        .override_by_name("trend", [value_colours(TREND)])
        .override_by_name("interceptions", [fixed(ORANGE)])
    )


def _view() -> Builder[MapViewConfig]:
    """Show both sides of the Atlantic."""
    return geomap.MapViewConfig().id("coords").lat(10).lon(-26).zoom(3)


def _controls() -> Builder[ControlsOptions]:
    """Zoom with buttons; the mouse wheel scrolls the page."""
    return (
        geomap.ControlsOptions().show_zoom(show_zoom=True).mouse_wheel_zoom(mouse_wheel_zoom=False)
    )


def _outlines() -> common.MapLayerOptions:
    # Grafana ships this file, so the map is readable without the internet.
    style = {"color": {"fixed": "#9aa0a6"}, "opacity": 0.25, "lineWidth": 1}
    config = {"src": "public/maps/countries.geojson", "rules": [], "style": style}
    return (
        common.MapLayerOptions()
        .type("geojson")
        .name("Outlines")
        .config(config)
        .tooltip(tooltip=False)
    )


def _network() -> common.MapLayerOptions:
    nodes = {
        "size": {"field": "interceptions", "min": 3, "max": 18, "fixed": 5},
        "color": {"field": "interceptions", "fixed": ORANGE},
        "opacity": 0.75,
        "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
        "text": {"mode": "field", "field": "title", "fixed": ""},
    }
    edges = {
        "size": {"field": "seizures", "min": 0.6, "max": 9, "fixed": 2},
        "color": {"field": "trend", "fixed": "#8A8F98"},
        "opacity": 0.55,
    }
    config = {"style": nodes, "edgeStyle": edges, "arrow": 1, "showLegend": True}
    position = (
        common.FrameGeometrySource()
        .mode(shared.FrameGeometrySourceMode.COORDS)
        .latitude("latitude")
        .longitude("longitude")
    )
    return (
        common.MapLayerOptions()
        .type("network")
        .name("Corridors")
        .config(config)
        .location(position)
        .tooltip(tooltip=True)
    )


def _movers(box: Box) -> table.Panel:
    panel = rows(
        "Corridors and their trend",
        "corridor_movers",
        "All corridors of the range, unknown ends included. Earlier and later: seizures of the two "
        "periods compared; halves are those of the time with reports. Rising or falling: "
        "(|later - earlier| - 1) / √(later + earlier) is 1.96 or more, one corridor at a time, so "
        "about one in twenty steady corridors shows a change by chance.",
        box,
    )
    _widths(panel, {"Seizures": 82, "Kilos": 76, "Earlier": 70, "Later": 62})
    trend = [value_colours(TREND), _coloured_text(), prop("custom.width", 122)]
    return panel.unit(COUNT).decimals(0).override_by_name("Trend", trend)


def _widths(panel: table.Panel, widths: dict[str, int], option: str = "width") -> None:
    for name, width in widths.items():
        panel.override_by_name(name, [prop(f"custom.{option}", width)])


def _coloured_text() -> model.DynamicConfigValue:
    return prop("custom.cellOptions", {"type": "color-text"})


def _history(y: int) -> list[Panel]:
    dates = (
        "Days and weeks count only dates known to the day; months also those known to the month; "
        "years all."
    )
    return [
        over_time("Seizures over time", "seizures_over_time", dates, (0, y, 12, 9), "seizures"),
        over_time("Kilos seized over time", "kilos_over_time", dates, (12, y, 12, 9), "kg"),
    ]


def _places(y: int) -> list[Panel]:
    return [
        ranking(
            "Where loads were stopped",
            "seizures_by_interception",
            "Place of interception, the 15 with most seizures. It says nothing of where the load "
            "was going.",
            (0, y, 12, 12),
            "Stopped at",
        ),
        ranking(
            "Where loads were going",
            "seizures_by_destination",
            "Intended destination, the 15 with most seizures, whether reached or not; unknown "
            "where no source names one.",
            (12, y, 12, 12),
            "Intended destination",
        ),
    ]


def _latest(box: Box) -> table.Panel:
    address = '${__data.fields["Source address"]}'
    link = {"title": "Open the source", "url": address, "targetBlank": True}
    panel = rows(
        "Latest seizures",
        "latest_seizures",
        "Newest 300 of the range. The date is as exact as its source; the source opens in a new "
        "tab.",
        box,
    )
    _widths(panel, {"Date": 96, "Commodity": 96, "Kilos": 72, "Found by": 108, "Status": 92})
    places = ("Stopped at", "Origin", "Intended destination")
    _widths(panel, dict.fromkeys(places, 140), "minWidth")
    _widths(panel, {"Data": 96})
    return (
        panel.override_by_name("Kilos", [prop("unit", COUNT), prop("decimals", 0)])
        .override_by_name("Data", [value_colours({"SYNTHETIC": SYNTHETIC}), _coloured_text()])
        .override_by_name("Source", [prop("links", [link])])
        .override_by_name("Source address", [prop("custom.hidden", value=True)])
    )


def _scans(box: Box) -> timeseries.Panel:
    rate = [
        prop("custom.drawStyle", "line"),
        prop("custom.axisPlacement", "right"),
        prop("custom.axisLabel", "per 1,000 scans"),
        prop("custom.fillOpacity", 0),
        prop("custom.lineWidth", 2),
        prop("custom.stacking", {"mode": "none"}),
        prop("decimals", 1),
    ]
    return (
        over_time(
            "Scans, and hits per scan",
            "scans_over_time",
            "Bars: scans with a verdict, the effort. Lines: per 1,000 of these scans, SUSPECT "
            "verdicts, and seizures whose report says they were found by scan; real by real scans, "
            "simulated by simulated ones. More hits at the same rate means more scanning.",
            box,
            "scans",
        )
        .no_value("No scans reported in this range. Simulated scans: choose SYNTHETIC under Data.")
        .override_by_name("Scans", [fixed(SKY)])
        .override_by_regexp("/^Suspects per/", [*rate, fixed(VERMILION)])
        .override_by_regexp("/^Finds by scan per/", [*rate, fixed(GREEN)])
    )


def _freshness(box: Box) -> table.Panel:
    panel = rows(
        "Freshness of each partner",
        "freshness",
        "Every topic of every partner: when its newest row was received, and what was set apart "
        "as dead letters. Not filtered by range or variables.",
        box,
    )
    _widths(panel, {"Partner": 104, "Age": 76, "Rows": 82, "Dead letters": 104})
    received = [prop("unit", "dateTimeAsIso"), prop("custom.width", 154)]
    return (
        panel.no_value("never")
        .unit(COUNT)
        .decimals(0)
        .override_by_name("Last received (UTC)", received)
        .override_by_name("Age", [prop("unit", "s"), prop("decimals", 1)])
    )
