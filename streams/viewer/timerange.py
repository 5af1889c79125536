"""Times as Grafana writes them: `now-90d`, `2016-01-01T00:00:00.000Z`, milliseconds."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

NOW: Final = "now"
_RELATIVE: Final = re.compile(r"now(?:-(?P<count>\d{1,6})(?P<unit>[smhdwMy]))?")
#: Months and years are taken at their mean length in whole days.
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "M": timedelta(days=30),
    "y": timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range as it stands in the address; `bounds` gives its times."""

    start: str
    end: str

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Give both ends in UTC. Raises ValueError if they cannot be read or the end is first."""
        start, end = parse(self.start, now), parse(self.end, now)
        if end <= start:
            raise ValueError(f"The range ends ({self.end}) before it starts ({self.start})")
        return start, end


def parse(text: str, now: datetime) -> datetime:
    """Read one end of a range. Raises ValueError saying which forms are understood.

    >>> parse("now-1d", datetime(2024, 1, 2, tzinfo=UTC)).isoformat()
    '2024-01-01T00:00:00+00:00'
    """
    try:
        return _parse(text.strip(), now)
    except (ValueError, OverflowError) as unreadable:
        raise ValueError(
            f"{text!r} is no time: write now, now-90d, 2024-05-31 or milliseconds since 1970"
        ) from unreadable


def _parse(text: str, now: datetime) -> datetime:
    if found := _RELATIVE.fullmatch(text):
        return now - (int(found["count"]) * _UNITS[found["unit"]] if found["unit"] else timedelta())
    if text.isdigit() and len(text) > len("20240531"):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
