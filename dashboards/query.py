"""Queries of the ClickHouse datasource: the SDK has no class of its own for them."""

import re
from importlib.resources import files
from typing import Final, Literal

from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models.common import DataSourceRef

DATASOURCE_TYPE: Final = "grafana-clickhouse-datasource"
#: Version of the query model the datasource plugin reads.
PLUGIN_VERSION: Final = "4.8.2"
SOURCE: Final = DataSourceRef(type_val=DATASOURCE_TYPE, uid="${datasource}")

Format = Literal["time series", "table"]
_FORMATS: Final[dict[Format, int]] = {"time series": 0, "table": 1}
_INCLUDE: Final = re.compile(r"^(?P<indent> *)-- include (?P<name>\w+)\n", re.MULTILINE)


def sql(name: str) -> str:
    """Text of `sql/NAME.sql`, with its lines `-- include OTHER` replaced by that file."""
    text = (files("dashboards") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return _INCLUDE.sub(_included, text)


def _included(found: re.Match[str]) -> str:
    lines = sql(found["name"]).splitlines(keepends=True)
    return "".join(found["indent"] + line for line in lines)


class ClickHouse(variants.Dataquery, builder.Builder["ClickHouse"]):
    """One target of a panel: the SQL of a file, answered as a table or a time series."""

    def __init__(self, name: str, form: Format = "table", ref: str = "A") -> None:
        self.ref_id = ref
        self.raw_sql = sql(name)
        self.form = form

    def build(self) -> "ClickHouse":
        """Give itself: it is its own builder."""
        return self

    def to_json(self) -> dict[str, object]:
        """Give the target as the datasource plugin stores it."""
        return {
            "datasource": SOURCE.to_json(),
            "editorType": "sql",
            "format": _FORMATS[self.form],
            "pluginVersion": PLUGIN_VERSION,
            "queryType": "timeseries" if self.form == "time series" else "table",
            "rawSql": self.raw_sql,
            "refId": self.ref_id,
        }
