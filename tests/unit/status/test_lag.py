"""Lag of a group on a partition, from its position and its first waiting message."""

from streams.names import INGEST_GROUP
from streams.status.lag import lag
from streams.status.positions import Position


def at(low: int, end: int, committed: int | None) -> Position:
    return Position("customs.br.scan-verdict.v1", 0, INGEST_GROUP, low, end, committed)


def test_a_group_goes_on_where_it_committed_or_at_the_first_offset_held() -> None:
    assert at(0, 10, 4).next == 4
    assert at(3, 10, None).next == 3
    assert at(6, 10, 4).next == 6


def test_lag_is_counted_from_the_first_waiting_message() -> None:
    found = lag(at(0, 10, 4), (5, 990_500), now=1_000.0)
    assert (found.records, found.seconds) == (5, 9.5)


def test_where_only_marks_are_left_nothing_waits() -> None:
    found = lag(at(0, 10, 9), None, now=1_000.0)
    assert (found.records, found.seconds) == (0, 0.0)


def test_a_clock_that_is_behind_gives_no_negative_age() -> None:
    assert lag(at(0, 10, 4), (4, 1_000_500), now=1_000.0).seconds == 0.0
