"""Every query of every panel on the real engine, and its numbers against the source file."""

import asyncio
import statistics
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

import published_rows
import pytest

from streams.settings import Endpoints
from streams.viewer.dashboard import Panel, load
from streams.viewer.database import Database, Frame, QueryError
from streams.viewer.macros import expand
from streams.viewer.state import State
from streams.viewer.units import is_number

BOARD = load("corridors")
CASES = published_rows.cases()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = "&".join(f"var-provenance={p}" for p in ("PARTNER", "OPEN_SOURCE", "SYNTHETIC"))


@pytest.fixture(scope="module")
def filled(module_database: Endpoints) -> Endpoints:
    published_rows.load(module_database)
    return module_database


def ask(endpoints: Endpoints, sql: str, link: str = "") -> Frame:
    state = State.of(BOARD, link)
    query = expand(sql, state.values(BOARD), *state.bounds(NOW))

    async def run() -> Frame:
        database = Database(endpoints)
        try:
            return await database.query(query)
        finally:
            await database.close()

    return asyncio.run(run())


def panel(title: str) -> Panel:
    return next(each for each in BOARD.panels if each.title == title)


def show(endpoints: Endpoints, title: str, link: str = "", target: int = 0) -> Frame:
    return ask(endpoints, panel(title).targets[target].sql, link)


@pytest.mark.parametrize("shown", [p for p in BOARD.panels if p.targets], ids=lambda p: p.title)
def test_every_panel_has_data_that_fits_it(filled: Endpoints, shown: Panel) -> None:
    for target in shown.targets:
        frame = ask(filled, target.sql, EVERYTHING)
        assert frame.rows, "no rows"
        assert len(set(frame.names)) == len(frame.names)
        match shown.type:
            case "timeseries":
                assert frame.names[0] == "time"
                assert frame.types[0].startswith("DateTime")
                assert all(is_number(kind) for kind in frame.types[1:])
                assert frame.column("time") == sorted(set(frame.column("time")))
            case "barchart":
                assert shown.options["xField"] == frame.names[0]
                assert all(is_number(kind) for kind in frame.types[1:])
            case "stat":
                assert len(frame.names) == len(frame.rows) == 1
            case _:
                assert len(frame.names) >= 5
        named = {o["matcher"]["options"] for o in shown.overrides if o["matcher"]["id"] == "byName"}
        if len(shown.targets) == 1:
            assert named <= set(frame.names), "an override names no column"


@pytest.mark.parametrize("variable", [v for v in BOARD.variables if v.query], ids=lambda v: v.name)
def test_variables_list_values_and_texts(filled: Endpoints, variable: object) -> None:
    frame = ask(filled, variable.query)  # type: ignore[attr-defined]  # pytest types its parameters as objects
    assert frame.rows
    assert all(value and text for value, text in frame.rows)


def test_totals_are_those_of_the_file(filled: Endpoints) -> None:
    assert show(filled, "Seizures").rows == [[len(CASES)]]
    kilos = show(filled, "Kilos seized (kg)").rows[0][0]
    assert Decimal(str(kilos)) == sum(case.kilos for case in CASES)
    median = show(filled, "Median load (kg)").rows[0][0]
    assert median == float(statistics.median(case.kilos for case in CASES))


def test_simulated_seizures_count_only_when_asked_for(filled: Endpoints) -> None:
    assert show(filled, "Seizures", EVERYTHING).rows == [[len(CASES) + 2]]
    assert show(filled, "Seizures", "var-provenance=SYNTHETIC").rows == [[2]]
    assert show(filled, "Data shown").rows == [["real only"]]
    assert show(filled, "Data shown", EVERYTHING).rows == [["REAL + SYNTHETIC"]]
    assert show(filled, "Data shown", "var-provenance=SYNTHETIC").rows == [["SYNTHETIC ONLY"]]


def test_no_scans_is_unknown_and_not_zero(filled: Endpoints) -> None:
    assert show(filled, "Scans").rows == [[None]]
    assert show(filled, "Suspect per 1,000").rows == [[None]]
    assert show(filled, "Scans", EVERYTHING).rows == [[480]]
    assert show(filled, "Suspect per 1,000", EVERYTHING).rows == [[25]]


def test_rates_divide_simulated_by_simulated_only(filled: Endpoints) -> None:
    frame = show(filled, "Scans, and hits per scan", EVERYTHING)
    assert set(frame.column("Scans (SYNTHETIC)")) == {40}
    assert set(frame.column("Suspects per 1,000 scans (SYNTHETIC)")) == {25}
    # The file has finds by scan in 2024, but no real scans to divide them by.
    assert set(frame.column("Finds by scan per 1,000 scans")) == {None}
    assert set(frame.column("Finds by scan per 1,000 scans (SYNTHETIC)")) == {0}


@pytest.mark.parametrize(
    ("bucket", "counted", "width"),
    [
        ("day", {"DAY"}, "%Y-%m-%d"),
        ("month", {"DAY", "MONTH"}, "%Y-%m-01"),
        ("year", {"DAY", "MONTH", "YEAR"}, "%Y-01-01"),
    ],
)
def test_dates_count_only_in_bars_as_wide_as_they_are_known(
    filled: Endpoints, bucket: str, counted: set[str], width: str
) -> None:
    expected = Counter(c.day.strftime(width) for c in CASES if c.precision in counted)
    frame = show(filled, "Seizures over time", f"var-bucket={bucket}")
    assert {time[:10]: count for time, count, _ in frame.rows} == expected


def test_weeks_start_on_monday_and_leave_out_months(filled: Endpoints) -> None:
    frame = show(filled, "Seizures over time", "var-bucket=week")
    times = [datetime.fromisoformat(time) for time in frame.column("time")]
    assert {time.weekday() for time in times} == {0}
    assert sum(frame.column("Seizures")) == sum(c.precision == "DAY" for c in CASES)


def test_a_month_counts_only_where_it_lies_whole_in_the_range(filled: Endpoints) -> None:
    month = next(c for c in CASES if c.precision == "MONTH")
    first = f"from={month.day:%Y-%m-01}"
    inside = [
        c for c in CASES if c.precision == "DAY" and c.day.strftime("%Y-%m") == f"{month.day:%Y-%m}"
    ]
    of_month = [c for c in CASES if c.precision == "MONTH" and c.day == month.day]
    short = show(filled, "Seizures", f"{first}&to={month.day:%Y-%m}-20").rows[0][0]
    whole = show(filled, "Seizures", f"{first}&to={month.day:%Y-%m}-28T23:59:59").rows[0][0]
    after = datetime(
        month.day.year + month.day.month // 12, month.day.month % 12 + 1, 1, tzinfo=UTC
    )
    closed = show(filled, "Seizures", f"{first}&to={after:%Y-%m-%d}").rows[0][0]
    assert short == sum(c.day.day <= 20 for c in inside)
    assert whole == sum(c.day.day <= 28 for c in inside)
    starts_then = [c for c in CASES if c.precision == "DAY" and c.day == after]
    assert closed == len(inside) + len(of_month) + len(starts_then)


def test_interception_and_destination_are_counted_apart(filled: Endpoints) -> None:
    stopped = Counter(case.place for case in CASES)
    going = Counter(case.destination for case in CASES)
    by_place = dict(row[:2] for row in show(filled, "Where loads were stopped").rows)
    by_goal = dict(row[:2] for row in show(filled, "Where loads were going").rows)
    assert by_place["Antwerp (BEANR)"] == stopped["BEANR"]
    assert by_goal["Antwerp (BEANR)"] == going["BEANR"]
    assert by_goal["unknown"] == going[""]
    assert stopped["BEANR"] != going["BEANR"]


def test_a_country_is_found_in_origin_transit_interception_and_destination(
    filled: Endpoints,
) -> None:
    def involves(case: published_rows.Case) -> bool:
        places = [case.origin, case.place, case.destination, *case.transit.split("|")]
        return any(place[:2] == "PY" for place in places)

    expected = sum(involves(case) for case in CASES)
    assert 0 < expected < len(CASES)
    assert show(filled, "Seizures", "var-country=PY").rows == [[expected]]


def test_corridors_add_up_to_all_seizures(filled: Endpoints) -> None:
    frame = show(filled, "Corridors and their trend")
    assert frame.rows[0][:2] == ["All corridors", len(CASES)]
    assert sum(row[1] for row in frame.rows[1:]) == len(CASES)
    corridors = Counter((case.origin, case.destination) for case in CASES)
    santos = next(row for row in frame.rows if row[0] == "Santos (BRSSZ) → Antwerp (BEANR)")
    assert santos[1] == corridors["BRSSZ", "BEANR"]


def test_trend_compares_two_periods_of_equal_length(filled: Endpoints) -> None:
    days = [case.day for case in CASES if case.precision == "DAY"]
    link = "from=2021-01-01&to=2023-01-01&var-compare=before"
    frame = show(filled, "Corridors and their trend", link)
    start, middle, end = (datetime(y, 1, 1, tzinfo=UTC) for y in (2019, 2021, 2023))
    # 2020 has a leap day: the time before is as long as the range, so it begins a day later.
    start = middle - (end - middle)
    later = sum(middle <= day <= end for day in days)
    earlier = sum(start <= day < middle for day in days)
    coarse = [c for c in CASES if c.precision != "DAY" and start <= c.day < end]
    assert abs(frame.rows[0][4] - later) <= len(coarse)
    assert abs(frame.rows[0][3] - earlier) <= len(coarse)
    assert frame.rows[0][5] in {"rising", "falling", "no clear change"}


def test_without_an_earlier_period_there_is_no_trend(filled: Endpoints) -> None:
    link = "from=2016-01-01&to=2025-01-01&var-compare=before"
    frame = show(filled, "Corridors and their trend", link)
    assert set(frame.column("Trend")) == {"no earlier data"}


def test_every_line_of_the_map_joins_two_of_its_places(filled: Endpoints) -> None:
    places = show(filled, "Corridors from origin to intended destination", target=0)
    lines = show(filled, "Corridors from origin to intended destination", target=1)
    assert set(lines.column("source")) | set(lines.column("target")) <= set(places.column("id"))
    assert sum(places.column("interceptions")) == sum(1 for c in CASES if c.place)
    santos = dict(zip(places.column("id"), places.rows, strict=True))["BRSSZ"]
    assert santos[1:4] == ["Santos (BRSSZ)", -23.95, -46.3]


def test_latest_seizures_say_dates_as_exactly_as_known(filled: Endpoints) -> None:
    frame = show(filled, "Latest seizures")
    lengths = Counter(len(date) for date in frame.column("Date"))
    assert lengths == {10: 213, 7: 64, 4: 4}
    assert set(frame.column("Source address")) == {case.raw["source_url"] for case in CASES}
    assert set(frame.column("Data")) == {"open source"}


def test_freshness_lists_silent_partners_as_never(filled: Endpoints) -> None:
    rows = {(row[0], row[1]): row[2:] for row in show(filled, "Freshness of each partner").rows}
    assert rows["BR", "scan verdict"][0].startswith("2026-01-02 03:04:05")
    assert rows["BR", "scan verdict"][2:] == [480, 1]
    assert rows["PY", "itinerary"] == [None, None, 0, 0]
    assert len(rows) == 17


@pytest.mark.parametrize("attack", ["' OR '1'='1", "\\' OR 1=1 --", "') OR 1=1 --", "all' --"])
def test_a_hostile_value_in_the_address_matches_nothing(filled: Endpoints, attack: str) -> None:
    assert show(filled, "Seizures", f"var-country={quote(attack)}").rows == [[0]]


def test_a_refused_query_says_why(filled: Endpoints) -> None:
    with pytest.raises(QueryError, match="no_such_table"):
        ask(filled, "SELECT * FROM no_such_table")
