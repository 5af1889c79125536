"""Deep links: the address gives the state, and the state the same address."""

from streams.viewer.dashboard import load
from streams.viewer.macros import Value
from streams.viewer.state import State
from streams.viewer.timerange import TimeRange

BOARD = load("corridors")


def test_an_empty_address_gives_the_dashboards_defaults() -> None:
    state = State.of(BOARD, "")
    assert state.time == BOARD.time
    assert state.chosen["country"] == ("$__all",)
    assert state.chosen["provenance"] == ("PARTNER", "OPEN_SOURCE")
    assert not state.dark


def test_an_address_as_grafana_writes_it_is_understood() -> None:
    link = "orgId=1&var-country=BR&var-country=PY&from=2016-01-01&to=now&var-bucket=year"
    state = State.of(BOARD, link)
    assert state.time == TimeRange("2016-01-01", "now")
    assert state.chosen["country"] == ("BR", "PY")
    assert state.chosen["bucket"] == ("year",)


def test_the_address_of_a_state_gives_it_back() -> None:
    state = State.of(BOARD, "var-country=BR&theme=dark&refresh=1m&from=now-1y&to=now")
    assert State.of(BOARD, state.query()) == state


def test_values_outside_a_closed_list_are_not_taken() -> None:
    state = State.of(BOARD, "var-bucket=minute')--&var-provenance=SYNTHETIC&var-provenance=evil")
    assert state.chosen["bucket"] == ("month",)
    assert state.chosen["provenance"] == ("SYNTHETIC",)


def test_all_is_raw_only_when_the_dashboard_says_so() -> None:
    values = State.of(BOARD, "var-provenance=$__all").values(BOARD)
    assert values["country"] == Value(raw="'all'")
    assert values["provenance"] == Value(("PARTNER", "OPEN_SOURCE"))


def test_a_value_that_looks_like_all_stays_quoted() -> None:
    values = State.of(BOARD, "var-country='all'").values(BOARD)
    assert values["country"] == Value(("'all'",))
