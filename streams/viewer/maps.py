"""ECharts options of a map with a network layer: places as circles, corridors as lines. Pure."""

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from streams.viewer.charts import Options, base
from streams.viewer.dashboard import Json, Panel
from streams.viewer.database import Frame
from streams.viewer.look import Look
from streams.viewer.units import text

#: Name under which the page registers the outlines of the countries.
OUTLINES: Final = "outlines"
#: Places that carry their name; the others show it when pointed at.
_NAMED: Final = 9
#: Number of seizures from which a line or circle may have its full size.
_WIDE: Final = 10
_CURVE: Final = 0.18
#: Usual length in px of a map panel's shorter side.
_SIDE: Final = 780
_POSITION: Final = ("id", "title", "latitude", "longitude")


def geomap(panel: Panel, frames: Sequence[Frame], look: Look, *, first: bool) -> Options:
    """Give the map. Only the first one sets the view, so that later ones keep the reader's."""
    layer = next(each for each in panel.options["layers"] if each["type"] == "network")
    nodes = next(frame for frame in frames if "source" not in frame.names)
    edges = next(frame for frame in frames if "source" in frame.names)
    places = {row["id"]: row for row in _records(nodes)}
    options = base(look)
    options |= {
        "geo": _ground(panel, look, first=first),
        "series": [
            *_lines(panel, layer["config"]["edgeStyle"], list(_records(edges)), places),
            _circles(panel, layer["config"]["style"], list(places.values()), look),
        ],
    }
    options["legend"] |= {"backgroundColor": look.panel, "padding": [6, 10], "bottom": 6}
    options["tooltip"] |= {"trigger": "item", ":formatter": "p => p.data.tip"}
    return options


def _ground(panel: Panel, look: Look, *, first: bool) -> Options:
    ground: Options = {
        "map": OUTLINES,
        "roam": "move" if not panel.options["controls"].get("mouseWheelZoom") else True,
        "silent": True,
        "itemStyle": {"areaColor": look.land, "borderColor": look.coast, "borderWidth": 0.6},
        "layoutCenter": ["50%", "48%"],
        "layoutSize": "100%",
    }
    if first:
        view = panel.options["view"]
        # A web map's world is 256 px wide at zoom 0 and doubles each step; here at zoom 1 it is as
        # wide as the panel's shorter side.
        zoom = 256 * 2 ** view["zoom"] / _SIDE
        ground |= {"center": [view["lon"], view["lat"]], "zoom": round(zoom, 2)}
    return ground


def _records(frame: Frame) -> Iterator[dict[str, Any]]:
    return (dict(zip(frame.names, row, strict=True)) for row in frame.rows)


def _lines(
    panel: Panel, style: Json, edges: list[dict[str, Any]], places: Mapping[str, dict[str, Any]]
) -> Iterator[Options]:
    field = style["color"]["field"]
    colours = _mapped(panel, field)
    largest = max([_WIDE, *(edge[style["size"]["field"]] for edge in edges)])
    for order, (value, colour) in enumerate(colours.items()):
        yield {
            "type": "lines",
            "coordinateSystem": "geo",
            "name": value,
            "z": 10 - order,
            "itemStyle": {"color": colour},
            "lineStyle": {"color": colour, "opacity": style["opacity"], "curveness": _CURVE},
            "symbol": ["none", "arrow"],
            "symbolSize": 7,
            "emphasis": {"lineStyle": {"opacity": 1}},
            "data": [
                _line(panel, style, edge, places, largest) for edge in edges if edge[field] == value
            ],
        }


def _line(
    panel: Panel,
    style: Json,
    edge: dict[str, Any],
    places: Mapping[str, dict[str, Any]],
    largest: int,
) -> Options:
    ends = (places[edge["source"]], places[edge["target"]])
    simulated = edge.get("data") == "synthetic"
    return {
        "coords": [[place["longitude"], place["latitude"]] for place in ends],
        "value": edge[style["size"]["field"]],
        "lineStyle": {
            "width": _scaled(style["size"], edge[style["size"]["field"]] / largest),
            **({"type": "dashed"} if simulated else {}),
        },
        "tip": _tip(panel, edge, edge["corridor"], ("id", "source", "target", "corridor")),
    }


def _circles(panel: Panel, style: Json, places: list[dict[str, Any]], look: Look) -> Options:
    field = style["size"]["field"]
    largest = max([_WIDE, *(place[field] for place in places)])
    ranked = sorted(places, key=lambda place: -place[field])
    return {
        "type": "scatter",
        "coordinateSystem": "geo",
        "name": "stopped there",
        "z": 20,
        "itemStyle": {
            "color": style["color"]["fixed"],
            "opacity": style["opacity"],
            "borderColor": look.panel,
            "borderWidth": 0.8,
        },
        "labelLayout": {"hideOverlap": True, "moveOverlap": "shiftY"},
        "data": [
            {
                "name": place["title"],
                "value": [place["longitude"], place["latitude"], place[field]],
                # The circle's area, not its radius, grows with the number.
                "symbolSize": 2 * _scaled(style["size"], math.sqrt(place[field] / largest)),
                "label": {
                    "show": rank < _NAMED,
                    "formatter": place["title"].split(" (")[0],
                    "position": "left" if place["longitude"] < 0 else "right",
                    "color": look.text,
                    "fontSize": 11,
                    "textBorderColor": look.panel,
                    "textBorderWidth": 2,
                },
                "tip": _tip(panel, place, place["title"], _POSITION),
            }
            for rank, place in enumerate(ranked)
        ],
    }


def _scaled(size: Json, share: float) -> float:
    """Width or radius between the layer's smallest and largest, for a share of 0 to 1."""
    return round(float(size["min"] + (size["max"] - size["min"]) * share), 2)


def _mapped(panel: Panel, field: str) -> dict[str, str]:
    mappings = panel.config(field).get("mappings", [])
    return {
        value: look["color"] for mapping in mappings for value, look in mapping["options"].items()
    }


def _tip(panel: Panel, row: Mapping[str, Any], title: str, left_out: Sequence[str]) -> str:
    lines = [
        f"{html.escape(name)}: <b>{html.escape(text(value, panel.config(name)))}</b>"
        for name, value in row.items()
        if name not in left_out
    ]
    return "<br>".join([f"<b>{html.escape(title)}</b>", *lines])
