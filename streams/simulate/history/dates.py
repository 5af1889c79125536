"""Dates of the case file: what is known of a day, and when it became known."""

import calendar
import re
from datetime import UTC, date, datetime, time
from typing import Final

from streams.simulate.history.rows import UnusableError, Why

PRECISIONS: Final = {"day": "DAY", "month": "MONTH", "year": "YEAR"}

_PERIOD: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def precision(text: str) -> str:
    """Give the schema's name of a precision. Raises UnusableError."""
    try:
        return PRECISIONS[text.lower()]
    except KeyError:
        raise UnusableError(Why.BAD_PRECISION, repr(text)) from None


def occurred(text: str, date_precision: str) -> datetime:
    """Midnight UTC of the day, or of the first day of the month or year. Raises UnusableError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnusableError(Why.BAD_DATE, repr(text)) from None
    if date_precision == "YEAR":
        day = day.replace(month=1)
    if date_precision != "DAY":
        day = day.replace(day=1)
    return _midnight(day)


def recorded(published: str, occurred_at: datetime) -> datetime:
    """When the source made it known: the last day of the period in which it was published.

    The last day is the earliest at which it was known for sure, so a view "as known at T" never
    shows what may have been published later. Never before `occurred_at`, which also stands in
    where the source has no date. Raises UnusableError.
    """
    if not published:
        return occurred_at
    parts = _PERIOD.fullmatch(published)
    try:
        return max(occurred_at, _midnight(_last_day(*(parts.groups() if parts else ()))))
    except (ValueError, TypeError):
        raise UnusableError(Why.BAD_PUBLISHED, repr(published)) from None


def _last_day(year: str, month: str | None = None, day: str | None = None) -> date:
    of_month = int(month or 12)
    if not 1 <= of_month <= 12:  # noqa: PLR2004  # months of the year
        raise ValueError(month)
    return date(int(year), of_month, int(day or calendar.monthrange(int(year), of_month)[1]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
