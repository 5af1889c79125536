"""What the reader has chosen: kept in the address, as Grafana does, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self
from urllib.parse import parse_qsl, urlencode

from streams.viewer.dashboard import ALL, Dashboard, Variable
from streams.viewer.macros import Value
from streams.viewer.timerange import TimeRange

#: How often a page refreshes when the address says never.
OFF = "off"


@dataclass(frozen=True)
class State:
    """Time range, values of the variables, refresh and theme of one open page."""

    time: TimeRange
    chosen: Mapping[str, tuple[str, ...]]
    refresh: str
    dark: bool = False
    defaults: "State | None" = field(default=None, compare=False)

    @classmethod
    def of(cls, board: Dashboard, query: str) -> Self:
        """Read the query part of an address; what it doesn't say is the dashboard's default.

        Raises ValueError for a time that cannot be read.
        """
        default = cls(board.time, {v.name: v.default for v in board.variables}, board.refresh)
        asked = parse_qsl(query, keep_blank_values=True)
        single = dict(asked)
        time = TimeRange(single.get("from", board.time.start), single.get("to", board.time.end))
        return replace(
            default,
            time=time,
            chosen={v.name: _chosen(v, asked) for v in board.variables},
            refresh=single.get("refresh", board.refresh) or OFF,
            dark=single.get("theme") == "dark",
            defaults=default,
        )

    def query(self) -> str:
        """Give the query part of the address of this page: a deep link."""
        pairs = [("from", self.time.start), ("to", self.time.end)]
        pairs += [(f"var-{name}", v) for name, values in self.chosen.items() for v in values]
        if self.defaults and self.refresh != self.defaults.refresh:
            pairs.append(("refresh", self.refresh))
        if self.dark:
            pairs.append(("theme", "dark"))
        return urlencode(pairs)

    def with_variable(self, name: str, values: Sequence[str]) -> "State":
        """Give the state with another choice for a variable."""
        return replace(self, chosen={**self.chosen, name: tuple(values)})

    def values(self, board: Dashboard) -> dict[str, Value]:
        """Give the variables as the macros take them."""
        return {v.name: _value(v, self.chosen[v.name]) for v in board.variables}

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Give both ends of the range. Raises ValueError as `TimeRange.bounds` does."""
        return self.time.bounds(now)


def _chosen(variable: Variable, asked: list[tuple[str, str]]) -> tuple[str, ...]:
    values = tuple(value for name, value in asked if name == f"var-{variable.name}")
    if variable.query is None:  # a closed list: what is not on it is not taken
        listed = {option.value for option in variable.options}
        values = tuple(value for value in values if value in listed)
    return (values if variable.multi else values[:1]) or variable.default


def _value(variable: Variable, chosen: tuple[str, ...]) -> Value:
    if ALL in chosen and variable.include_all:
        return Value(raw=variable.all_value)
    return Value(chosen)
