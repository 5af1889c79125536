"""Dead letters of topic and table are compared by place."""

import sys

import polars as pl
import pytest

from streams.audit.letters import ON_TOPIC, compare, judged
from streams.audit.read import Stretch
from streams.audit.report import Offender, Reason, Report

TOPIC = "customs.br.scan-verdict.v1"


def on_topic(*offsets: int, attempt: int = 1) -> pl.DataFrame:
    rows = [(TOPIC, 0, offset, attempt, 5, "BR", 1_000 + offset) for offset in offsets]
    return pl.DataFrame(rows, schema=ON_TOPIC, orient="row")


def in_table(*offsets: int) -> pl.DataFrame:
    rows = [(TOPIC, 0, offset, "BR", 1_000 + offset) for offset in offsets]
    schema = {name: ON_TOPIC[name] for name in ("topic", "partition", "offset", "partner")}
    return pl.DataFrame(rows, schema=schema | {"received": pl.Int64()}, orient="row")


def found(topic: pl.DataFrame, table: pl.DataFrame, since: int = 0) -> list[Offender]:
    report = Report()
    compare(report, topic, table, {"BR": since})
    return report.offenders


def test_equal_letters_are_fine() -> None:
    assert found(on_topic(1, 2), in_table(2, 1)) == []


def test_each_side_that_lacks_a_letter_is_named() -> None:
    assert found(on_topic(1, 2), in_table(2, 3)) == [
        Offender(TOPIC, 0, 1, Reason.NOT_IN_TABLE),
        Offender(TOPIC, 0, 3, Reason.NOT_ON_TOPIC),
    ]


@pytest.mark.parametrize(("since", "gone"), [(1_003, 0), (1_002, 1), (0, 1), (sys.maxsize, 0)])
def test_what_the_topic_no_longer_keeps_need_not_be_on_it(since: int, gone: int) -> None:
    assert len(found(on_topic(), in_table(2), since)) == gone


def test_two_letters_of_one_attempt_are_one_too_many() -> None:
    twice = found(on_topic(1, 1), in_table(1))
    again = found(pl.concat([on_topic(1), on_topic(1, attempt=2)]), in_table(1))
    assert twice == [Offender(TOPIC, 0, 1, Reason.LETTER_TWICE)] * 2
    assert again == []


def test_only_offsets_of_the_stretch_are_judged() -> None:
    kept = judged(on_topic(3, 4, 5, 6), {(TOPIC, 0): Stretch(4, 6), (TOPIC, 1): Stretch(0, 9)})
    assert kept["offset"].to_list() == [4, 5]
