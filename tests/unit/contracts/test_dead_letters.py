import pytest

from streams.contracts import describe, schema
from streams.contracts.dead_letters import HEADERS, Reason, header


def test_the_reasons_are_a_closed_list():
    assert {reason.value for reason in Reason} == {
        "NO_FRAME",
        "UNKNOWN_SCHEMA",
        "WRONG_SCHEMA",
        "UNDECODABLE",
        "TRAILING_BYTES",
        "WRONG_COUNTRY",
        "IMPOSSIBLE_TIME",
        "NO_EVENT_ID",
        "NO_SITE",
        "BAD_CORRECTION",
        "NO_PURPOSE",
        "EMPTY",
    }


@pytest.mark.parametrize("reason", [*Reason])
def test_each_reason_is_a_text_with_meaning_and_advice(reason):
    assert f"{reason}" == reason.name == Reason(reason.value)
    assert reason.meaning.endswith(".")
    assert reason.advice.endswith(".")


@pytest.mark.parametrize("name", HEADERS)
def test_headers_have_our_prefix_and_are_documented(name):
    assert header(name) == f"waterbed.dead-letter.{name}"
    assert f"`{header(name)}`" in describe.PAGE.read_text("utf-8")
    assert name in (schema.FOLDER / "README.md").read_text("utf-8")


def test_a_header_that_is_not_listed_is_a_fault():
    with pytest.raises(KeyError):
        header("mood")
