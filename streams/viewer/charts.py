"""ECharts options of time series and bar charts, from a panel and its frame. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from streams.viewer.dashboard import Panel
from streams.viewer.database import Frame
from streams.viewer.look import FONT, Look
from streams.viewer.units import javascript, number_columns

Options = dict[str, Any]


def timeseries(
    panel: Panel, frame: Frame, look: Look, bounds: tuple[datetime, datetime]
) -> Options:
    """Give the chart of a frame with times in its first column."""
    configs = {at: panel.config(frame.names[at]) for at in number_columns(frame)}
    right = [at for at, config in configs.items() if _on_right(config)]
    options = base(look)
    start, end = (round(bound.timestamp() * 1000) for bound in bounds)
    options |= {
        "xAxis": {"type": "time", "min": start, "max": end, **_axis(look, lines=False)},
        "yAxis": [
            _value_axis(next((c for at, c in configs.items() if at not in right), {}), look),
            _value_axis(configs[right[0]] if right else {}, look, shown=bool(right), lines=False),
        ],
        "series": [_line(frame, at, configs[at]) for at in configs],
    }
    options["tooltip"] |= {"trigger": "axis", "axisPointer": {"type": "shadow"}}
    return options


def barchart(panel: Panel, frame: Frame, look: Look) -> Options:
    """Give horizontal bars, the first row on top."""
    names = frame.column(panel.options["xField"])
    columns = number_columns(frame)
    options = base(look)
    options |= {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 34, "containLabel": True},
        "xAxis": {"type": "value", **_axis(look), "minInterval": 1},
        "yAxis": {"type": "category", "data": names, "inverse": True, **_axis(look, lines=False)},
        "series": [
            {
                "name": frame.names[at],
                "type": "bar",
                "stack": "all",
                "barMaxWidth": 18,
                "data": [_bar(row, at, columns, look) for row in frame.rows],
                "itemStyle": {"color": _colour(panel.config(frame.names[at]))},
            }
            for at in columns
        ],
    }
    options["yAxis"]["axisLabel"] |= {"width": 190, "overflow": "truncate"}
    options["tooltip"] |= {"trigger": "axis", "axisPointer": {"type": "shadow"}}
    return options


def base(look: Look) -> Options:
    """Give what all charts share."""
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "color": look.text},
        "grid": {"left": 12, "right": 16, "top": 30, "bottom": 34, "containLabel": True},
        "legend": {
            "bottom": 0,
            "itemWidth": 14,
            "itemHeight": 10,
            "textStyle": {"color": look.muted},
        },
        "tooltip": {
            "backgroundColor": look.panel,
            "borderColor": look.border,
            "textStyle": {"color": look.text, "fontSize": 12},
            "confine": True,
        },
    }


def _bar(row: Sequence[Any], at: int, columns: Sequence[int], look: Look) -> Options:
    """Give one piece of a stacked bar; the last piece carries the sum of all."""
    known = [column for column in columns if row[column] is not None]
    total = sum(row[column] for column in known)
    last = bool(known) and at == known[-1]
    label = {"position": "right", "color": look.muted, "formatter": f"{total:,.0f}"}
    return {"value": row[at], "label": {"show": last, **label}}


def _line(frame: Frame, at: int, config: Mapping[str, Any]) -> Options:
    custom, colour = config["custom"], _colour(config)
    bars = custom.get("drawStyle") == "bars"
    drawn: Options = {
        "name": frame.names[at],
        "data": [[_millis(row[0]), row[at]] for row in frame.rows],
        "yAxisIndex": int(_on_right(config)),
        "itemStyle": {"color": colour},
        "tooltip": {":valueFormatter": javascript(config)},
    }
    if bars:
        return {**drawn, "type": "bar", "stack": "bars", "barMaxWidth": 22, "barMinWidth": 2}
    width = custom.get("lineWidth", 1)
    return {
        **drawn,
        "type": "line",
        "symbolSize": 5,
        "lineStyle": {"color": colour, "width": width},
    }


def _value_axis(
    config: Mapping[str, Any], look: Look, *, shown: bool = True, lines: bool = True
) -> Options:
    name = config.get("custom", {}).get("axisLabel", "")
    axis = _axis(look, lines=lines)
    axis["axisLabel"] |= {":formatter": "v => v.toLocaleString('en-GB')"}
    return {
        "type": "value",
        "show": shown,
        "name": name,
        "nameTextStyle": {"color": look.muted, "align": "left" if lines else "right"},
        "nameLocation": "end",
        "min": config.get("min", 0),
        # Half a seizure is no tick.
        "minInterval": 1 if config.get("decimals") == 0 else 0,
        **axis,
    }


def _axis(look: Look, *, lines: bool = True) -> Options:
    return {
        "axisLabel": {"color": look.muted, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": look.border}},
        "axisTick": {"show": False},
        "splitLine": {"show": lines, "lineStyle": {"color": look.grid}},
    }


def _colour(config: Mapping[str, Any]) -> str:
    return str(config.get("color", {}).get("fixedColor", "#0072B2"))


def _on_right(config: Mapping[str, Any]) -> bool:
    return bool(config["custom"].get("axisPlacement") == "right")


def _millis(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
