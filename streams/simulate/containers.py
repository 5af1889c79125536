"""Container numbers with valid check digits."""

from typing import Final

import numpy as np

from streams.contracts.containers import check_digits

#: Codes of large carriers and lessors, with the category U of freight containers.
OWNERS: Final = tuple(
    "BMOU CAIU CMAU EGHU FCIU HLBU HLXU MEDU MRKU MSCU MSKU OOLU ONEU SEGU SUDU TCLU TEMU".split()  # noqa: SIM905  # a list of codes reads best as one line
)
SERIALS: Final = 1_000_000
NUMBERS: Final = SERIALS * len(OWNERS)

#: Coprime to NUMBERS, so that counting by it meets every number once before any comes again.
STRIDE: Final = 7_368_787


def container_numbers(first: int, count: int, seed: int) -> list[str]:
    """Numbers `first` to `first + count` of a seed's sequence, which repeats after NUMBERS."""
    offset = np.random.default_rng(seed).integers(NUMBERS)
    places = (offset + np.arange(first, first + count) % NUMBERS * STRIDE) % NUMBERS
    owners, serials = np.divmod(places, SERIALS)
    heads = [
        f"{OWNERS[owner]}{serial:06d}"
        for owner, serial in zip(owners.tolist(), serials.tolist(), strict=True)
    ]
    codes = np.frombuffer("".join(heads).encode(), np.uint8).reshape(count, -1)
    return [f"{head}{digit}" for head, digit in zip(heads, check_digits(codes), strict=True)]


def spoiled(number: str, by: int) -> str:
    """Give the number with a check digit that is wrong. by: 1 to 9."""
    return f"{number[:-1]}{(int(number[-1]) + by) % 10}"
