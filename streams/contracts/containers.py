"""Container numbers: check digits by ISO 6346, and keys for fast look-up, for whole columns."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from streams.contracts.flags import Flag

#: Owner code, category letter, six digits, check digit.
LENGTH: Final = 11
_LETTERS: Final = 4

#: Key of a number that can't be one, so that it is found in no table.
NO_KEY: Final = -1


def _values() -> npt.NDArray[np.int64]:
    """Value of each ASCII byte by ISO 6346: digits as they are, letters from 10 without 11s."""
    values = np.zeros(256, np.int64)
    values[ord("0") : ord("9") + 1] = np.arange(10)
    letters = [v for v in range(10, 39) if v % 11]
    values[ord("A") : ord("Z") + 1] = letters
    return values


_VALUES: Final = _values()


def check_digits(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Check digit of each container number, by ISO 6346.

    codes: ASCII bytes, shape (n, 10): owner code, category, serial number. Gives shape (n,),
    values 0 to 9; remainder 10 becomes 0. Raises ValueError if the second dimension is not 10.

    >>> check_digits(np.frombuffer(b"CSQU305438", np.uint8).reshape(1, 10))
    array([3])
    """
    if codes.ndim != 2 or codes.shape[1] != LENGTH - 1:  # noqa: PLR2004 - rows and columns
        raise ValueError(f"want shape (n, {LENGTH - 1}), got {codes.shape}")
    weighted = (_VALUES[codes[:, place]] << place for place in range(LENGTH - 1))
    return np.asarray(sum(weighted, start=np.zeros(len(codes), np.int64)) % 11 % 10)


def examine(numbers: pl.Series) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Flags and look-up keys of container numbers.

    numbers: strings, nulls allowed, n rows. Gives flags (MISSING_CONTAINER, BAD_CONTAINER_FORMAT,
    BAD_CHECK_DIGIT or 0) and keys, both of shape (n,). Equal numbers of the right form have equal
    keys whatever their check digit, and different ones different keys; all others have NO_KEY.
    """
    lengths = numbers.str.len_bytes().fill_null(0).to_numpy()
    flags = np.where(lengths == 0, Flag.MISSING_CONTAINER, Flag.BAD_CONTAINER_FORMAT)
    flags = flags.astype(np.uint32)
    keys = np.full(len(numbers), NO_KEY, np.int64)
    long_enough = lengths == LENGTH
    codes = _matrix(numbers if long_enough.all() else numbers.filter(pl.Series(long_enough)))
    found = _keys(codes)
    rows, codes = np.flatnonzero(long_enough)[found >= 0], codes[found >= 0]
    right = check_digits(codes[:, :-1]) == _VALUES[codes[:, -1]]
    flags[rows] = np.where(right, 0, Flag.BAD_CHECK_DIGIT)
    keys[rows] = found[found >= 0]
    return flags, keys


def _matrix(numbers: pl.Series) -> npt.NDArray[np.uint8]:
    """Bytes of strings that all have the full length, shape (n, LENGTH)."""
    joined = "".join(numbers.to_list()).encode()
    return np.frombuffer(joined, np.uint8).reshape(-1, LENGTH)


def _keys(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Read each number as one of mixed base; negative where a byte is out of place."""
    return sum(
        (_KEY_PARTS[place][codes[:, place]] for place in range(LENGTH)),
        start=np.zeros(len(codes), np.int64),
    )


def _key_parts() -> npt.NDArray[np.int64]:
    """What each byte adds to the key at each place, shape (LENGTH, 256)."""
    parts = np.full((LENGTH, 256), -(2**58), np.int64)
    for place in range(LENGTH):
        if place < _LETTERS:
            allowed, worth = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26 ** (_LETTERS - 1 - place) * 10**7
        else:
            allowed, worth = "0123456789", 10 ** (LENGTH - 1 - place)
        for value, letter in enumerate(allowed):
            if place != _LETTERS - 1 or letter in "UJZ":
                parts[place, ord(letter)] = value * worth
    return parts


_KEY_PARTS: Final = _key_parts()
