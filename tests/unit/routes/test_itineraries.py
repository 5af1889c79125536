"""Against a dict: any order, repetition and split of the same events is one knowledge."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.contracts.containers import NO_KEY, examine
from streams.routes import itineraries
from streams.routes.corridors import NO_ROUTE, Routes
from streams.routes.itineraries import COLUMNS, Itineraries

CONTAINERS = ["CSQU3054383", "TEXU3070079", "MSKU6011672", "GESU3927660", "MSKU6011673"]
MALFORMED = ["", "csqu3054383", "CSQU305438", "CSQA3054383"]
WAYS = [
    ("BRSSZ|BEANR", "SEA", "BEANR"),
    ("PYASU|ARBUE|BEANR", "RIVER|SEA", "BEANR"),
    ("BRSSZ|NLRTM", "SEA", "NLRTM"),
    ("BRSSZ", "", "region:EU"),
]


def told(*events):
    return pl.DataFrame(events, schema=COLUMNS, orient="row")


def fact(container, version, way=WAYS[0], withdrawn=0):
    """Everything told of a container follows from the version, as it does from an event."""
    return (container, version, withdrawn, *way, version * 10, version * 100)


@st.composite
def logs(draw):
    """Events, each with a version of its own, in any order, repeated and split into any batches."""
    names = st.sampled_from(CONTAINERS + MALFORMED)
    ways = st.tuples(names, st.sampled_from(WAYS), st.integers(0, 1))
    events = [
        fact(name, version, way, withdrawn)
        for version, (name, way, withdrawn) in enumerate(draw(st.lists(ways, max_size=20)), 1)
    ]
    again = draw(st.lists(st.sampled_from(events), max_size=10)) if events else []
    shuffled = draw(st.permutations(events + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in pairwise(edges)]
    return events, batches


def looked_up(known, containers):
    """What is found: version, way or None, times."""
    _, keys = examine(pl.Series(containers, dtype=pl.String))
    found = known.find(keys)
    columns = known.routes.columns(found.route, np.zeros(len(keys), np.int32), ["BRSSZ"])
    return [
        (version, (transit, destination, mode) if route != NO_ROUTE else None, recorded, departed)
        for version, route, recorded, departed, transit, destination, mode in zip(
            found.version.tolist(),
            found.route.tolist(),
            found.recorded_at.tolist(),
            found.departed.tolist(),
            columns.transit.to_pylist(),
            columns.destination.to_pylist(),
            columns.mode.to_pylist(),
            strict=True,
        )
    ]


def by_dict(events, containers):
    newest = {}
    for event in events:
        if event[0] not in newest or event[1] > newest[event[0]][1]:
            newest[event[0]] = event
    out = []
    for container in containers:
        if container in MALFORMED or container not in newest:
            out.append((0, None, 0, 0))
            continue
        _, version, withdrawn, places, modes, destination, recorded, departed = newest[container]
        stops = places.split("|")[1:]
        transit = "|".join(stops[:-1] if stops[-1:] == [destination] else stops)
        way = None if withdrawn else (transit, destination, modes)
        out.append((version, way, recorded, departed))
    return out


@pytest.mark.parametrize("merge_at", [1, 2, 3, 50_000])
@settings(max_examples=60, deadline=None)
@given(log=logs())
def test_any_order_repetition_and_split_is_one_knowledge(merge_at, log):
    events, batches = log
    everything = CONTAINERS + MALFORMED
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(itineraries, "MERGE_AT", merge_at)
        known = Itineraries(Routes())
        for batch in batches:
            known.add(told(*batch))

    assert looked_up(known, everything) == by_dict(events, everything)
    assert looked_up(known, everything[::-1]) == by_dict(events, everything[::-1])


def test_what_waits_is_merged_once_it_is_enough(monkeypatch):
    monkeypatch.setattr(itineraries, "MERGE_AT", 3)
    known = Itineraries(Routes())
    first, second, third, *_ = CONTAINERS

    known.add(told(fact(first, 1), fact(second, 1)))
    assert [len(t.key) for t in known._tables] == [0, 2]
    known.add(told(fact(first, 2)))
    assert [len(t.key) for t in known._tables] == [0, 2]
    known.add(told(fact(third, 1)))
    assert [len(t.key) for t in known._tables] == [3, 0]
    known.add(told(fact(first, 3)))

    assert [row[0] for row in looked_up(known, [first, second, third])] == [3, 1, 1]
    assert len(known) == 4


def test_an_older_one_that_comes_later_changes_nothing(monkeypatch):
    monkeypatch.setattr(itineraries, "MERGE_AT", 2)
    known = Itineraries(Routes())
    known.add(told(fact(CONTAINERS[0], 5, WAYS[1]), fact(CONTAINERS[1], 1)))

    known.add(told(fact(CONTAINERS[0], 4, WAYS[0])))

    ((version, way, *_),) = looked_up(known, [CONTAINERS[0]])
    assert (version, way) == (5, ("ARBUE", "BEANR", "RIVER|SEA"))


def test_a_withdrawn_one_gives_no_route_but_its_time():
    known = Itineraries(Routes())
    known.add(told(fact(CONTAINERS[0], 1), fact(CONTAINERS[0], 2, withdrawn=1)))

    assert looked_up(known, [CONTAINERS[0]]) == [(2, None, 20, 200)]


def test_a_wrong_check_digit_is_another_container():
    known = Itineraries(Routes())
    known.add(told(fact("CSQU3054383", 1)))

    assert looked_up(known, ["CSQU3054384"]) == [(0, None, 0, 0)]


def test_no_key_is_never_found():
    known = Itineraries(Routes())
    known.add(told(*(fact(name, 9) for name in MALFORMED)))

    found = known.find(np.array([NO_KEY, NO_KEY], np.int64))

    assert len(known) == 0
    assert found.route.tolist() == [NO_ROUTE] * 2


def test_nothing_told_is_nothing_known():
    known = Itineraries(Routes())
    known.add(told())

    assert looked_up(known, CONTAINERS) == [(0, None, 0, 0)] * len(CONTAINERS)
    assert looked_up(known, []) == []
