"""Container numbers against ISO 6346 written out, one letter at a time."""

import string

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contracts.containers import NO_KEY, check_digits, examine
from streams.contracts.flags import Flag

GOOD = ["CSQU3054383", "TEXU3070079", "MSKU6011672", "GESU3927660"]

letters = st.sampled_from(string.ascii_uppercase)
digits = st.sampled_from(string.digits)
numbers = st.builds(
    lambda owner, category, serial: "".join([*owner, category, *serial]),
    st.lists(letters, min_size=3, max_size=3),
    st.sampled_from("UJZ"),
    st.lists(digits, min_size=7, max_size=7),
)


def value(character):
    """A is 10; each further letter is one more, leaping over multiples of 11."""
    if character in string.digits:
        return int(character)
    worth = 10
    for _ in range(string.ascii_uppercase.index(character)):
        worth += 1
        while worth % 11 == 0:
            worth += 1
    return worth


def check_digit(number):
    total = sum(value(c) * 2**place for place, c in enumerate(number[:10]))
    remainder = total % 11
    return 0 if remainder == 10 else remainder


def is_of_the_form(number):
    return (
        len(number) == 11
        and all(c in string.ascii_uppercase for c in number[:4])
        and number[3] in "UJZ"
        and all(c in string.digits for c in number[4:])
    )


def flag(number):
    if not number:
        return Flag.MISSING_CONTAINER
    if not is_of_the_form(number):
        return Flag.BAD_CONTAINER_FORMAT
    return Flag(0) if int(number[10]) == check_digit(number) else Flag.BAD_CHECK_DIGIT


def test_letters_have_the_values_of_the_standard():
    assert {c: value(c) for c in "ABKLUVZ"} == {
        "A": 10, "B": 12, "K": 21, "L": 23, "U": 32, "V": 34, "Z": 38,
    }  # fmt: skip


@pytest.mark.parametrize("number", GOOD)
def test_numbers_in_use_are_right_and_with_another_digit_wrong(number):
    others = [number[:10] + d for d in string.digits if d != number[10]]

    flags, keys = examine(pl.Series([number, *others]))

    assert flags.tolist() == [0] + [Flag.BAD_CHECK_DIGIT] * 9
    assert (keys != NO_KEY).all()


def test_remainder_ten_is_written_as_nought():
    serial = next(n for n in range(1000) if sum_of(f"ABCU{n:06}") % 11 == 10)

    flags, _ = examine(pl.Series([f"ABCU{serial:06}0"]))

    assert flags.tolist() == [0]


def sum_of(ten):
    return sum(value(c) << place for place, c in enumerate(ten))


@given(st.lists(st.one_of(numbers, st.sampled_from(GOOD), st.none(), st.text(max_size=13))))
def test_every_number_is_flagged_as_the_standard_says_whatever_stands_beside_it(column):
    flags, keys = examine(pl.Series(column, dtype=pl.String))

    assert flags.tolist() == [flag(number) for number in column]
    assert [key == NO_KEY for key in keys] == [not is_of_the_form(n or "") for n in column]


@given(st.lists(numbers, min_size=1))
def test_check_digits_are_those_of_the_standard(column):
    codes = np.frombuffer("".join(n[:10] for n in column).encode(), np.uint8).reshape(-1, 10)

    assert check_digits(codes).tolist() == [check_digit(number) for number in column]


@given(st.lists(numbers, unique=True))
def test_different_numbers_have_different_keys(column):
    _, keys = examine(pl.Series(column, dtype=pl.String))

    assert len(set(keys.tolist())) == len(column)
    assert (keys >= 0).all()


def test_the_first_and_the_last_number_have_keys_that_fit():
    _, keys = examine(pl.Series(["AAAJ0000000", "ZZZZ9999999"]))

    assert keys.tolist() == [9 * 10**7, 26**4 * 10**7 - 1]


@pytest.mark.parametrize(
    "number",
    [
        "CSQU305438",  # one short
        "CSQU30543833",  # one long
        "csqu3054383",  # small letters
        "CSQA3054383",  # no such category
        "CSQU305438X",  # a letter for the check digit
        "CS1U3054383",  # a digit in the owner code
        "CSQU 305438",  # a blank
        "CSQU-305438",
        "ÇSQU305438",  # eleven bytes of ten characters
        "CSQU30５438",  # noqa: RUF001 - a wide digit
        "CSQU30543８",  # noqa: RUF001 - a wide digit
        "\x00" * 11,
        " CSQU305438",
    ],
)
def test_what_is_not_of_the_form_is_flagged_and_never_found(number):
    flags, keys = examine(pl.Series([number]))

    assert flags.tolist() == [Flag.BAD_CONTAINER_FORMAT]
    assert keys.tolist() == [NO_KEY]


def test_no_number_and_an_empty_one_are_missing():
    flags, keys = examine(pl.Series([None, ""], dtype=pl.String))

    assert flags.tolist() == [Flag.MISSING_CONTAINER] * 2
    assert keys.tolist() == [NO_KEY] * 2


def test_no_rows_give_no_rows():
    flags, keys = examine(pl.Series([], dtype=pl.String))

    assert len(flags) == len(keys) == 0


@pytest.mark.parametrize("shape", [(10,), (1, 11), (2, 5, 1)])
def test_check_digits_refuse_other_shapes(shape):
    with pytest.raises(ValueError, match="want shape"):
        check_digits(np.zeros(shape, np.uint8))
