"""Variables that the pages share, so that links between them can carry the choice."""

from typing import Final

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from dashboards.query import DATASOURCE_TYPE, PLUGIN_VERSION, SOURCE, sql

#: Put into `IN (...)` as it is: the queries take 'all' for every value, unknown ones included.
ALL: Final = "'all'"


def shared() -> list[Builder[model.VariableModel]]:
    """Give the variables in the order they are shown."""
    return [_datasource(), _country(), _commodity(), _provenance(), _bucket(), _compare()]


def _datasource() -> build.DatasourceVariable:
    return (
        build.DatasourceVariable("datasource")
        .label("Data source")
        .type(DATASOURCE_TYPE)
        .hide(model.VariableHide.HIDE_VARIABLE)
    )


def _country() -> build.QueryVariable:
    return _queried("country", "Country").description(
        "Countries of origin, transit, interception or intended destination"
    )


def _commodity() -> build.QueryVariable:
    return _queried("commodity", "Commodity").description("Seized goods; scans have none")


def _queried(name: str, label: str) -> build.QueryVariable:
    text = sql(f"variable_{name}")
    query: dict[str, object] = {
        "editorType": "sql",
        "format": 1,
        "pluginVersion": PLUGIN_VERSION,
        "queryType": "table",
        "rawSql": text,
        "refId": f"variable-{name}",
    }
    return (
        build.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .definition(text)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(ALL)
        .allow_custom_value(allow_custom_value=False)
        .current(model.VariableOption(text=["All"], value=["$__all"]))
    )


def _provenance() -> build.CustomVariable:
    choices = {
        "Partners": "PARTNER",
        "Open sources": "OPEN_SOURCE",
        "SYNTHETIC (simulated)": "SYNTHETIC",
    }
    chosen = ["Partners", "Open sources"]
    return (
        _custom("provenance", "Data", choices, chosen)
        .multi(multi=True)
        .description("Real data by default; simulated data is marked wherever it is shown")
    )


def _bucket() -> build.CustomVariable:
    choices = {"Day": "day", "Week": "week", "Month": "month", "Year": "year"}
    return _custom("bucket", "Per", choices, ["Month"]).description(
        "Width of the bars over time (UTC, weeks from Monday)"
    )


def _compare() -> build.CustomVariable:
    choices = {
        "later and earlier half": "halves",
        "range and the time before": "before",
    }
    first = next(iter(choices))
    return _custom("compare", "Trend between", choices, [first]).description(
        "Which two periods of equal length are compared"
    )


def _custom(
    name: str, label: str, choices: dict[str, str], chosen: list[str]
) -> build.CustomVariable:
    several = len(chosen) > 1
    values = [choices[text] for text in chosen]
    current = model.VariableOption(
        text=chosen if several else chosen[0], value=values if several else values[0]
    )
    return (
        build.CustomVariable(name)
        .label(label)
        .values(", ".join(f"{text} : {value}" for text, value in choices.items()))
        .allow_custom_value(allow_custom_value=False)
        .current(current)
        .options(
            [
                model.VariableOption(text=text, value=value, selected=text in chosen)
                for text, value in choices.items()
            ]
        )
    )
