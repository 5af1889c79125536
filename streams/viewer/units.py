"""Writes values with their units: in Python for tiles, as JavaScript for charts and tables."""

from collections.abc import Mapping
from typing import Any, Final

from streams.viewer.database import Frame

UNKNOWN: Final = "unknown"
_AGES: Final = ((86_400, "d"), (3600, "h"), (60, "min"))


def text(value: Any, config: Mapping[str, Any]) -> str:  # noqa: ANN401  # a cell of any type
    """Text of a cell by its field's configuration.

    >>> text(294298.8, {"unit": "locale", "decimals": 0}), text(None, {"noValue": "none"})
    ('294,299', 'none')
    """
    if value is None:
        return str(config.get("noValue", UNKNOWN))
    if isinstance(value, str):
        return value
    if config.get("unit") == "s":
        return age(value)
    return f"{value:,.{config.get('decimals', 0)}f}"


def age(seconds: float) -> str:
    """Length of time in its largest fitting unit.

    >>> age(5), age(7200), age(200_000)
    ('5 s', '2.0 h', '2.3 d')
    """
    for size, unit in _AGES:
        if seconds >= size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:,.0f} s"


def javascript(config: Mapping[str, Any]) -> str:
    """Give a JavaScript function that writes a value as `text` does."""
    none = str(config.get("noValue", UNKNOWN)).replace("\\", "\\\\").replace("'", "\\'")
    digits = int(config.get("decimals", 0))
    number = (
        f"v.toLocaleString('en-GB', {{minimumFractionDigits: {digits}, "
        f"maximumFractionDigits: {digits}}})"
    )
    if config.get("unit") == "s":
        number = (
            "v >= 86400 ? (v/86400).toFixed(1) + ' d' : v >= 3600 ? (v/3600).toFixed(1) + ' h' : "
            "v >= 60 ? (v/60).toFixed(1) + ' min' : v.toFixed(0) + ' s'"
        )
    return f"v => v == null ? '{none}' : typeof v == 'number' ? ({number}) : v"


def is_number(kind: str) -> bool:
    """Whether a ClickHouse type holds numbers."""
    return any(name in kind for name in ("Int", "Float", "Decimal"))


def number_columns(frame: Frame) -> list[int]:
    """Positions of the columns that hold numbers, with at least one value known."""
    return [
        at
        for at, kind in enumerate(frame.types)
        if is_number(kind) and any(row[at] is not None for row in frame.rows)
    ]
