"""What containers carry and what loads of cocaine look like."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Most frequent cover loads of the published cases, by country of origin.
COVER_LOADS: Final = {
    "BR": ("coffee", "mangoes", "timber", "plywood", "paper", "sugar", "frozen chicken"),
    "PY": ("charcoal", "hides", "rice", "sesame", "sugar", "soy"),
    "EC": ("bananas", "bananas", "bananas", "frozen shrimp"),
    "CO": ("bananas", "coffee", "scrap metal"),
}
OTHER_GOODS: Final = ("bananas", "pineapples", "copper", "wine")

#: How loads are hidden, and the share of each among published cases.
CONCEALMENTS: Final = {
    "cover load": 0.53,
    "rip-on/rip-off": 0.15,
    "reefer machinery": 0.06,
    "hull": 0.05,
    "container structure": 0.21,
}
#: How loads were found, where published cases say; several may apply.
DETECTIONS: Final = {"PHYSICAL_CHECK": 0.35, "INTELLIGENCE": 0.28, "DOGS": 0.27}

#: Logarithm of the load in kg: mean and deviation of published cases, press bias included.
LOG_KG: Final = (6.13, 1.39)
LARGEST_KG: Final = 25_000.0


def cover_loads(country: str) -> tuple[str, ...]:
    """Give usual goods from a country."""
    return COVER_LOADS.get(country, OTHER_GOODS)


def kilos(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw loads in kg, to 100 g, from the log-normal shape of published cases."""
    return np.clip(rng.lognormal(*LOG_KG, count), 1.0, LARGEST_KG).round(1)


def first_figure(exact: float) -> float:
    """Round a load as first reports do: to two digits.

    >>> first_figure(1263.4), first_figure(51.5)
    (1300.0, 52.0)
    """
    return float(f"{exact:.1e}")
