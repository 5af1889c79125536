"""Names of countries and regions, from Unicode CLDR (the package babel)."""

from functools import cache
from typing import Final

from babel import Locale

#: CLDR's two-letter keys that are no country: unions, test locales, parts with a code of their own.
NOT_COUNTRIES: Final = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
)

#: Regions under the short name used in references, with the name shown.
EUROPEAN_UNION: Final = "EU"


@cache
def countries() -> dict[str, str]:
    """English name by ISO 3166 two-letter code; Kosovo as XK."""
    territories = Locale("en").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == len("XX") and code not in NOT_COUNTRIES
    }


@cache
def regions() -> dict[str, str]:
    """Shown name by region name: the UN's regions under their own name, and EU."""
    territories = Locale("en").territories
    macro = {name: name for code, name in territories.items() if code.isdigit()}
    return {**macro, EUROPEAN_UNION: territories[EUROPEAN_UNION]}


@cache
def country_codes() -> dict[str, str]:
    """Two-letter code by name in lower case."""
    return {name.casefold(): code for code, name in countries().items()}


@cache
def region_names() -> dict[str, str]:
    """Region name by any of its names in lower case: {'european union': 'EU', ...}."""
    return {
        spelling.casefold(): region
        for region, name in regions().items()
        for spelling in (region, name)
    }
