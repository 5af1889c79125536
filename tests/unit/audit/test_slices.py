"""Slices cover every minute once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.audit.slices import cuts

counts = st.dictionaries(st.integers(-10, 10_000).map(lambda m: m * 60), st.integers(1, 50))


@given(counts, st.integers(1, 120))
def test_slices_hold_every_minute_once_and_little_more_than_asked(
    found: dict[int, int], size: int
) -> None:
    bounds = cuts(sorted(found.items()), size)
    slices = list(pairwise(bounds))
    held = [[m for m in found if start <= m < stop] for start, stop in slices]
    assert sorted(m for minutes in held for m in minutes) == sorted(found)
    assert all(len(minutes) == 1 or sum(map(found.get, minutes)) <= size for minutes in held)  # type: ignore[arg-type]


def test_nothing_needs_no_slice() -> None:
    assert cuts([]) == []
