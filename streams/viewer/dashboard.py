"""The parts of a dashboard's JSON that the viewer draws, read once into small classes."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from streams.viewer.timerange import TimeRange

ALL: Final = "$__all"
DRAWN: Final = frozenset({"stat", "timeseries", "barchart", "table", "geomap", "text"})

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """A value of a variable and the text shown for it."""

    value: str
    text: str


@dataclass(frozen=True)
class Variable:
    """A variable of the dashboard; `query` is None where its options stand in the JSON."""

    name: str
    label: str
    description: str
    multi: bool
    include_all: bool
    all_value: str | None
    query: str | None
    options: tuple[Option, ...]
    default: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """One query of a panel."""

    ref: str
    sql: str


@dataclass(frozen=True)
class Panel:
    """A panel: `options` and `defaults` are as Grafana stores them."""

    id: int
    type: str
    title: str
    description: str
    grid: tuple[int, int, int, int]
    targets: tuple[Target, ...]
    options: Json
    defaults: Json
    overrides: tuple[Json, ...]
    transparent: bool

    def config(self, field: str) -> dict[str, Any]:
        """Configuration of one field: the defaults, then every override that fits its name."""
        merged: dict[str, Any] = {**self.defaults, "custom": {**self.defaults.get("custom", {})}}
        for override in self.overrides:
            if _fits(override["matcher"], field):
                for prop in override["properties"]:
                    _set(merged, prop["id"], prop.get("value"))
        return merged


@dataclass(frozen=True)
class Dashboard:
    """A page."""

    uid: str
    title: str
    description: str
    time: TimeRange
    ranges: tuple[tuple[str, TimeRange], ...]
    refresh: str
    refreshes: tuple[str, ...]
    variables: tuple[Variable, ...]
    panels: tuple[Panel, ...]


def load(name: str) -> Dashboard:
    """Read `dashboards/generated/NAME.json`. Raises ValueError for a panel it cannot draw."""
    path = files("dashboards") / "generated" / f"{name}.json"
    return read(json.loads(path.read_text(encoding="utf-8")))


def read(board: Json) -> Dashboard:
    """Read a dashboard's JSON. Raises ValueError for a type of panel that is not drawn."""
    picker = board["timepicker"]
    return Dashboard(
        uid=board["uid"],
        title=board["title"],
        description=board.get("description", ""),
        time=TimeRange(board["time"]["from"], board["time"]["to"]),
        ranges=tuple((r["display"], TimeRange(r["from"], r["to"])) for r in picker["quick_ranges"]),
        refresh=board.get("refresh", ""),
        refreshes=tuple(picker["refresh_intervals"]),
        variables=tuple(_variables(board["templating"]["list"])),
        panels=tuple(_panel(panel) for panel in board["panels"]),
    )


def _variables(listed: list[Json]) -> Iterator[Variable]:
    for raw in listed:
        if raw["type"] == "datasource":
            continue  # the viewer has one database
        default = raw["current"]["value"]
        yield Variable(
            name=raw["name"],
            label=raw.get("label", raw["name"]),
            description=raw.get("description", ""),
            multi=raw.get("multi", False),
            include_all=raw.get("includeAll", False),
            all_value=raw.get("allValue"),
            query=raw["query"]["rawSql"] if raw["type"] == "query" else None,
            options=tuple(Option(o["value"], o["text"]) for o in raw.get("options", [])),
            default=tuple(default) if isinstance(default, list) else (default,),
        )


def _panel(raw: Json) -> Panel:
    if raw["type"] not in DRAWN:
        raise ValueError(f"Panel {raw['id']} is a {raw['type']}, which the viewer cannot draw")
    grid, fields = raw["gridPos"], raw.get("fieldConfig", {})
    return Panel(
        id=raw["id"],
        type=raw["type"],
        title=raw.get("title", ""),
        description=raw.get("description", ""),
        grid=(grid["x"], grid["y"], grid["w"], grid["h"]),
        targets=tuple(Target(t["refId"], t["rawSql"]) for t in raw.get("targets", [])),
        options=raw.get("options", {}),
        defaults=fields.get("defaults", {}),
        overrides=tuple(fields.get("overrides", [])),
        transparent=raw.get("transparent", False),
    )


def _fits(matcher: Json, field: str) -> bool:
    if matcher["id"] == "byName":
        return bool(matcher["options"] == field)
    if matcher["id"] == "byRegexp":
        return re.search(matcher["options"].strip("/"), field) is not None
    raise ValueError(f"The viewer does not know the field matcher {matcher['id']}")


def _set(config: dict[str, Any], name: str, value: object) -> None:
    if name.startswith("custom."):
        config["custom"][name.removeprefix("custom.")] = value
    else:
        config[name] = value
