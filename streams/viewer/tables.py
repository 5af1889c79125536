"""AG Grid options of a table, from a panel and its frame. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from streams.viewer.dashboard import Panel
from streams.viewer.database import Frame
from streams.viewer.units import is_number, javascript

_FIELD_LINK: Final = re.compile(r"\$\{__data\.fields\[\"(?P<name>[^\"]+)\"\]\}")
#: Only web addresses become links: a source is partner data and could name a script.
_LINK: Final = """p => {{
  const address = p.data.{address};
  if (!/^https?:\\/\\//.test(address || '')) return p.value ?? '{none}';
  const a = document.createElement('a');
  a.href = address; a.target = '_blank'; a.rel = 'noopener noreferrer'; a.textContent = p.value;
  return a;
}}"""


def grid(panel: Panel, frame: Frame) -> dict[str, Any]:
    """Give the options of the grid, rows included."""
    return {
        "columnDefs": [_column(panel, frame, at) for at in range(len(frame.names))],
        "rowData": row_data(frame),
        "defaultColDef": {"resizable": True, "sortable": True, "suppressMovable": True},
        "rowHeight": 30,
        "headerHeight": 34,
        "enableCellTextSelection": True,
        "suppressCellFocus": False,
        "tooltipShowDelay": 400,
        "theme": "quartz",
    }


def row_data(frame: Frame) -> list[dict[str, Any]]:
    """Give the rows under column keys that any name fits."""
    return [{_key(at): value for at, value in enumerate(row)} for row in frame.rows]


def _key(at: int) -> str:
    return f"c{at}"


def _column(panel: Panel, frame: Frame, at: int) -> dict[str, Any]:
    name, key = frame.names[at], _key(at)
    config = panel.config(name)
    custom = config["custom"]
    width = custom.get("width")
    column: dict[str, Any] = {
        "headerName": name,
        "field": key,
        "hide": bool(custom.get("hidden")),
        "tooltipField": key,
        ":valueFormatter": f"p => ({javascript(config)})(p.value)",
        **({"width": width} if width else {"flex": 1, "minWidth": custom.get("minWidth", 90)}),
    }
    if is_number(frame.types[at]):
        column |= {"type": "rightAligned"}
    if config.get("unit") == "dateTimeAsIso":
        column[":valueFormatter"] = (
            f"p => p.value ? p.value.slice(0, 19) : '{config.get('noValue', 'unknown')}'"
        )
    if custom.get("cellOptions", {}).get("type") == "color-text":
        column |= {":cellStyle": _cell_style(config), "cellClass": "mapped"}
    if links := config.get("links"):
        column[":cellRenderer"] = _link(links[0]["url"], frame, config)
    return column


def _cell_style(config: Mapping[str, Any]) -> str:
    colours = {
        value: look["color"]
        for mapping in config.get("mappings", [])
        for value, look in mapping["options"].items()
    }
    cases = ", ".join(f"'{value}': '{colour}'" for value, colour in colours.items())
    return (
        f"p => {{const colour = ({{{cases}}})[p.value]; "
        "return {color: colour ?? 'inherit', fontWeight: colour ? 600 : 400}}"
    )


def _link(url: str, frame: Frame, config: Mapping[str, Any]) -> str:
    found = _FIELD_LINK.fullmatch(url)
    if not found:
        raise ValueError(f"The viewer follows links to a field only, not {url}")
    key = _key(frame.names.index(found["name"]))
    return _LINK.format(address=key, none=config.get("noValue", "unknown"))
