import polars as pl

from streams.ingest.waiting import LOOK_SECONDS, MOST, REMEMBER_SECONDS, Waiting
from streams.routes.corridors import Routes
from streams.routes.itineraries import COLUMNS, Itineraries

FIRST, SECOND = "MSKU6011672", "TEXU3070079"


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def known(*containers: str) -> Itineraries:
    itineraries = Itineraries(Routes())
    told = [(c, 1, 0, "PYASU|NLRTM", "SEA", "NLRTM", 1_700_000_000_000, 0) for c in containers]
    itineraries.add(pl.DataFrame(told, schema=COLUMNS, orient="row"))
    return itineraries


def waiting(clock: Clock, *containers: str) -> Waiting:
    made = Waiting(clock)
    made.add(pl.Series(containers))
    clock.seconds += LOOK_SECONDS
    return made


def test_a_container_is_given_once_when_its_itinerary_is_known() -> None:
    clock = Clock()
    some = waiting(clock, FIRST, SECOND, FIRST)
    assert some.ready(known(SECOND)) == [SECOND]
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(FIRST, SECOND)) == [FIRST]
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(FIRST, SECOND)) == []


def test_it_looks_once_a_second_at_most() -> None:
    clock = Clock()
    some = waiting(clock, FIRST)
    assert some.ready(known()) == []
    assert some.ready(known(FIRST)) == []
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(FIRST)) == [FIRST]


def test_what_was_given_to_a_batch_that_failed_is_given_again() -> None:
    clock = Clock()
    some = waiting(clock, FIRST)
    assert some.ready(known(FIRST)) == [FIRST]
    some.again()
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(FIRST)) == [FIRST]


def test_a_batch_that_took_minutes_to_land_is_looked_at_before_it_is_forgotten() -> None:
    clock = Clock()
    some = waiting(clock, FIRST, SECOND)
    clock.seconds += 10 * REMEMBER_SECONDS
    assert some.ready(known(FIRST)) == [FIRST]
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(SECOND)) == []


def test_the_oldest_are_forgotten_when_there_are_too_many() -> None:
    clock = Clock()
    some = waiting(clock, FIRST)
    many = pl.select(pl.format("ABCU{}", pl.int_range(1_000_000, 1_000_000 + MOST))).to_series()
    some.add(many)
    some.add(pl.Series([SECOND]))
    assert some.ready(known()) == []
    clock.seconds += LOOK_SECONDS
    assert some.ready(known(FIRST, SECOND)) == [SECOND]
