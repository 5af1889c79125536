"""Panels in the house's form, one function a type."""

from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.builders import (
    barchart,
    common,
    geomap,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import common as shared
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.text import TextMode

from dashboards.colours import BLUE, SYNTHETIC
from dashboards.query import SOURCE, ClickHouse

#: Numbers with thousands separators; the name says what is counted.
COUNT: Final = "locale"

Box = tuple[int, int, int, int]
Panel = barchart.Panel | geomap.Panel | stat.Panel | table.Panel | text.Panel | timeseries.Panel


def place(box: Box) -> model.GridPos:
    """Position in the grid of 24 columns: x, y, width, height."""
    x, y, w, h = box
    return model.GridPos(x=x, y=y, w=w, h=h)


def fixed(colour: str) -> model.DynamicConfigValue:
    """Give a field one colour."""
    return model.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})


def prop(name: str, value: object) -> model.DynamicConfigValue:
    """Set one option of a field."""
    return model.DynamicConfigValue(id_val=name, value=value)


def value_colours(colours: Mapping[str, str]) -> model.DynamicConfigValue:
    """Colour a field of texts by its value."""
    options = {
        value: model.ValueMappingResult(color=colour, index=index)
        for index, (value, colour) in enumerate(colours.items())
    }
    return prop("mappings", [model.ValueMap(options=options).to_json()])


def note(content: str, box: Box) -> text.Panel:
    """Text in Markdown without a frame."""
    return (
        text.Panel().grid_pos(place(box)).mode(TextMode.MARKDOWN).content(content).transparent(True)
    )


def tile(title: str, query: str, description: str, box: Box, none: str) -> stat.Panel:
    """One big number, or the text for none."""
    numbers = common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(values=False)
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .grid_pos(place(box))
        .with_target(ClickHouse(query))
        .unit(COUNT)
        .decimals(0)
        .no_value(none)
        .reduce_options(numbers)
        .graph_mode(shared.BigValueGraphMode.NONE)
        .color_mode(shared.BigValueColorMode.NONE)
        .text_mode(shared.BigValueTextMode.VALUE)
        .justify_mode(shared.BigValueJustifyMode.AUTO)
    )


def over_time(title: str, query: str, description: str, box: Box, axis: str) -> timeseries.Panel:
    """Stacked bars over time; simulated data in its own colour."""
    return (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .grid_pos(place(box))
        .with_target(ClickHouse(query, "time series"))
        .unit(COUNT)
        .decimals(0)
        .min(0)
        .axis_label(axis)
        .draw_style(shared.GraphDrawStyle.BARS)
        .fill_opacity(85)
        .line_width(0)
        .stacking(common.StackingConfig().mode(shared.StackingMode.NORMAL))
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(BLUE))
        .override_by_regexp("/SYNTHETIC/", [fixed(SYNTHETIC)])
        .tooltip(common.VizTooltipOptions().mode(shared.TooltipDisplayMode.MULTI))
        .legend(_legend())
    )


def ranking(title: str, query: str, description: str, box: Box, by: str) -> barchart.Panel:
    """Horizontal bars, the longest first."""
    return (
        barchart.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .grid_pos(place(box))
        .with_target(ClickHouse(query))
        .unit(COUNT)
        .decimals(0)
        .min(0)
        .x_field(by)
        .orientation(shared.VizOrientation.HORIZONTAL)
        .stacking(shared.StackingMode.NORMAL)
        .show_value(shared.VisibilityMode.ALWAYS)
        .fill_opacity(85)
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(BLUE))
        .override_by_regexp("/SYNTHETIC/", [fixed(SYNTHETIC)])
        .legend(_legend())
    )


def rows(title: str, query: str, description: str, box: Box) -> table.Panel:
    """Table of the query's rows."""
    return (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .grid_pos(place(box))
        .with_target(ClickHouse(query))
        .cell_height(shared.TableCellHeight.SM)
        .no_value("unknown")
    )


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(shared.LegendDisplayMode.LIST)
        .placement(shared.LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
    )
