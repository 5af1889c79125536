"""Variables and macros as Grafana expands them, and values that try to be more than values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.viewer.macros import Value, expand, singlequote

START = datetime(2016, 1, 1, tzinfo=UTC)
END = datetime(2017, 1, 1, tzinfo=UTC)
# By `date -u -d 2016-01-01 +%s`.
START_SECONDS, END_SECONDS = 1451606400, 1483228800


def expanded(sql: str, **values: Value) -> str:
    return expand(sql, values, START, END)


def test_time_filter_in_seconds_and_milliseconds() -> None:
    assert expanded("$__timeFilter(t)") == (
        f"t >= toDateTime({START_SECONDS}) AND t <= toDateTime({END_SECONDS})"
    )
    assert expanded("$__timeFilter_ms(t)") == (
        f"t >= fromUnixTimestamp64Milli({START_SECONDS}000)"
        f" AND t <= fromUnixTimestamp64Milli({END_SECONDS}000)"
    )


def test_ends_of_the_range() -> None:
    assert expanded("$__fromTime $__toTime") == (
        f"toDateTime({START_SECONDS}) toDateTime({END_SECONDS})"
    )


def test_interval_gives_a_bounded_number_of_bars() -> None:
    text = expanded("$__timeInterval(t)")
    assert text == "toStartOfInterval(toDateTime(t), INTERVAL 604800 second)"


def test_values_are_listed_quoted() -> None:
    sql = expanded("c IN (${c:singlequote})", c=Value(("BR", "PY")))
    assert sql == "c IN ('BR','PY')"


def test_all_is_the_dashboards_own_text() -> None:
    assert expanded("c IN (${c:singlequote})", c=Value(raw="'all'")) == "c IN ('all')"


def test_nothing_chosen_matches_nothing() -> None:
    assert expanded("c IN (${c:singlequote})", c=Value()) == "c IN ('')"


@pytest.mark.parametrize("sql", ["${c}", "${c:raw}", "${other:singlequote}", "$__unknown(t)"])
def test_what_could_change_the_query_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match=r"\$"):
        expanded(sql, c=Value(("x",)))


def test_a_value_is_not_expanded_again() -> None:
    hostile = Value(("$__timeFilter(x) ${d:singlequote}",))
    sql = expanded("${c:singlequote}", c=hostile, d=Value(("secret",)))
    assert sql == "'$__timeFilter(x) ${d:singlequote}'"


def read_literal(sql: str) -> str:
    """Read one ClickHouse string literal and nothing else: the rules of its lexer."""
    assert sql[0] == sql[-1] == "'"
    inner, read = iter(sql[1:-1]), []
    for letter in inner:
        assert letter != "'", "an open quote ends the literal"
        read.append(next(inner) if letter == "\\" else letter)
    return "".join(read)


@given(st.text())
def test_any_text_stays_one_literal(text: str) -> None:
    assert read_literal(singlequote([text])) == text


def test_injection_through_quote_and_backslash() -> None:
    for attack in ("' OR 1=1 --", "\\' OR 1=1 --", "\\", "');DROP TABLE x;--"):
        assert read_literal(singlequote([attack])) == attack
