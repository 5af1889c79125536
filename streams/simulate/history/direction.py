"""Direction of a seizure seen from the place where it was stopped."""

from typing import Final

from streams.routes.places import country_of

#: Members of the European Union, as meant by the destination "EU" in sources of 2016 to 2024.
EUROPEAN_UNION: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905  # a list of codes reads best as one
)
EUROPE: Final = EUROPEAN_UNION | {"GB", "NO", "CH", "IS"}
SOUTH_AMERICA: Final = frozenset(
    "AR BO BR CL CO EC GF GY PE PY SR UY VE".split()  # noqa: SIM905  # as above
)
REGIONS: Final = {"region:EU": EUROPEAN_UNION, "region:South America": SOUTH_AMERICA}


def direction(stopped_at: str, origin: str | None, destination: str | None) -> str:
    """Give EXPORT, IMPORT, TRANSIT, RETURN or UNKNOWN for three place references.

    RETURN: from Europe, stopped in South America. Cocaine does not start there; it is a lot that
    was never taken out of its container and came back, and no corridor from Europe exists.
    A named region counts as a match when the country of interception belongs to it.
    """
    here = country_of(stopped_at)
    if country_of(origin or "") in EUROPE and here in SOUTH_AMERICA:
        return "RETURN"
    if origin and _within(here, origin):
        return "EXPORT"
    if destination and _within(here, destination):
        return "IMPORT"
    return "TRANSIT" if origin and destination else "UNKNOWN"


def _within(country: str, ref: str) -> bool:
    return country == country_of(ref) if ref not in REGIONS else country in REGIONS[ref]
