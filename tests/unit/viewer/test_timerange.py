from datetime import UTC, datetime, timedelta

import pytest

from streams.viewer.timerange import TimeRange, parse

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("now-90d", NOW - timedelta(days=90)),
        ("now-24h", NOW - timedelta(hours=24)),
        ("2016-01-01T00:00:00.000Z", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-01-01", datetime(2016, 1, 1, tzinfo=UTC)),
        ("1451606400000", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-01-01T02:00:00+02:00", datetime(2016, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_grafana_writes_them(text: str, expected: datetime) -> None:
    assert parse(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "now-1x", "now+1d", "2016-13-01", "9" * 30])
def test_other_texts_are_refused_with_the_forms_understood(text: str) -> None:
    with pytest.raises(ValueError, match="write now, now-90d"):
        parse(text, NOW)


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        TimeRange("now", "now-1d").bounds(NOW)
