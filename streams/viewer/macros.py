"""Expands the variables and macros of a query as Grafana and its ClickHouse datasource do.

Pure: text in, text out. Values of variables come from addresses that anybody may write, so only
quoted forms are expanded; a variable without a format, or a macro not known here, is an error.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Value:
    """Value of a variable: chosen texts, or `raw`, the dashboard's own text for "all"."""

    chosen: tuple[str, ...] = ()
    raw: str | None = None


_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::(?P<form>\w+))?\}")
_MACRO: Final = re.compile(r"\$__(?P<name>\w+)(?:\((?P<argument>[^()]*)\))?")
#: Seconds a bar may be wide, from a second to a year.
_WIDTHS: Final = (1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000)
_MAX_POINTS: Final = 300


def expand(sql: str, values: Mapping[str, Value], start: datetime, end: datetime) -> str:
    """Give the SQL as the database may run it.

    start, end: the range, with time zone. Raises ValueError for an unknown variable, an unquoted
    form or an unknown macro.
    """
    with_macros = _MACRO.sub(lambda found: _macro(found, start, end), sql)
    return _VARIABLE.sub(lambda found: _variable(found, values), with_macros)


def singlequote(texts: Sequence[str]) -> str:
    r"""Quote texts for an `IN (...)` list; safe against any content.

    Grafana escapes the quote; ClickHouse also reads the backslash, so it is escaped too.

    >>> print(singlequote(["BR", "it's"]))
    'BR','it\'s'
    """
    return ",".join("'" + t.replace("\\", "\\\\").replace("'", "\\'") + "'" for t in texts)


def _variable(found: re.Match[str], values: Mapping[str, Value]) -> str:
    name, form = found["name"], found["form"]
    if name not in values:
        raise ValueError(f"The query names ${{{name}}}, which is no variable of this dashboard")
    if form != "singlequote":
        raise ValueError(f"Write ${{{name}:singlequote}}: an unquoted value could change the query")
    value = values[name]
    # An empty choice matches nothing; IN () would be an error.
    return value.raw if value.raw is not None else singlequote(value.chosen or ("",))


def _macro(found: re.Match[str], start: datetime, end: datetime) -> str:
    name, column = found["name"], (found["argument"] or "").strip()
    known = _MACROS.get(name)
    if known is None:
        raise ValueError(f"The query uses $__{name}, which the viewer does not know")
    return known(column, start, end)


def _seconds(at: datetime) -> str:
    return f"toDateTime({int(at.timestamp())})"


def _millis(at: datetime) -> str:
    return f"fromUnixTimestamp64Milli({round(at.timestamp() * 1000)})"


def _interval(column: str, start: datetime, end: datetime) -> str:
    wanted = (end - start).total_seconds() / _MAX_POINTS
    width = next((w for w in _WIDTHS if w >= wanted), _WIDTHS[-1])
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {width} second)"


_MACROS: Final[dict[str, Callable[[str, datetime, datetime], str]]] = {
    "timeFilter": lambda c, a, b: f"{c} >= {_seconds(a)} AND {c} <= {_seconds(b)}",
    "timeFilter_ms": lambda c, a, b: f"{c} >= {_millis(a)} AND {c} <= {_millis(b)}",
    "timeInterval": _interval,
    "fromTime": lambda _, a, __: _seconds(a),
    "toTime": lambda _, __, b: _seconds(b),
}
