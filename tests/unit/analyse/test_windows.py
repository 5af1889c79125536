from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.analyse.touched import Record
from streams.analyse.windows import (
    MOST_CHARACTERS,
    MOST_MONTHS,
    MOST_WINDOWS,
    Window,
    newest,
    portions,
)
from streams.errors import StopError
from streams.names import Kind

MINUTE = 60
records = st.builds(
    Record,
    st.sampled_from(["scan-verdict", "camera-event", "seizure-report"]),
    st.integers(0, 5).map(lambda n: n * MINUTE),
    st.sampled_from(["BRSSZ/BTP", "BEANR", "NLRTM"]),
    st.integers(0, 10_000),
)


@given(st.lists(records))
def test_each_window_comes_once_under_its_newest_message(batch: list[Record]) -> None:
    windows = newest(batch)

    assert len({(w.kind, w.start, w.site) for w in windows}) == len(windows)
    for window in windows:
        offsets = [r.offset for r in batch if (r.kind, r.start, r.site) == window[:3]]
        assert window.revision == max(offsets) + 1
    assert {w[:3] for w in windows} == {r[:3] for r in batch}


@given(st.lists(records), st.randoms())
def test_the_order_of_messages_does_not_matter(batch: list[Record], random) -> None:
    shuffled = batch * 2
    random.shuffle(shuffled)

    assert newest(shuffled) == newest(batch)


def test_the_first_offset_gives_a_revision_above_zero() -> None:
    assert newest([Record("scan-verdict", 0, "BRSSZ", 0)])[0].revision == 1


@pytest.mark.parametrize("kind", ["itinerary", "", "scan_verdict"])
def test_a_kind_without_aggregates_stops(kind: str) -> None:
    with pytest.raises(StopError, match="same version"):
        newest([Record(kind, 0, "BRSSZ", 7)])


def scans(starts: list[int], site: str = "BRSSZ") -> list[Window]:
    return [Window(Kind.SCAN_VERDICT, start, site, 1) for start in starts]


@pytest.mark.parametrize("count", [0, 1, MOST_WINDOWS, MOST_WINDOWS + 1, 3 * MOST_WINDOWS])
def test_portions_hold_all_windows_in_order_and_none_too_many(count: int) -> None:
    windows = scans([n * MINUTE for n in range(count)])

    split = list(portions(windows))

    assert list(chain.from_iterable(split)) == windows
    assert all(0 < len(portion) <= MOST_WINDOWS for portion in split)
    assert len(split) == -(-count // MOST_WINDOWS)


def test_a_portion_has_one_kind() -> None:
    windows = sorted(
        [Window(kind, 0, "BRSSZ", 1) for kind in (Kind.SCAN_VERDICT, Kind.SEIZURE_REPORT)]
    )

    assert [len(portion) for portion in portions(windows)] == [1, 1]


def test_a_portion_reaches_no_more_months_than_an_insert_may() -> None:
    month = 31 * 86_400
    windows = scans([n * month for n in range(3 * MOST_MONTHS)])

    assert max(len(portion) for portion in portions(windows)) <= MOST_MONTHS + 1
    assert sum(len(portion) for portion in portions(windows)) == len(windows)


def test_long_names_of_sites_make_shorter_portions() -> None:
    windows = scans([n * MINUTE for n in range(10)], site="BRSSZ/" + "x" * (MOST_CHARACTERS // 4))

    assert [len(portion) for portion in portions(windows)] == [3, 3, 3, 1]
