"""Places: the checked table of ports and airports, and references to places in events.

A reference is a string of one of four levels, and says no more than its source said:

- a UN/LOCODE, `BRSSZ`: a port, river port or airport;
- an ISO 3166 country, `BR`;
- a free region, `region:EU`, `region:South America` (EU is never taken for a country);
- nothing, the empty string: unknown.

A code that is not in the table stays a reference like any other: `is_known` says so, and
`unknown` lists such codes.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import polars as pl

from streams.routes.countries import countries, country_codes, region_names, regions

REGION_PREFIX: Final = "region:"
#: Between several references in one field of the case file.
SEPARATOR: Final = "|"

#: References whose reading is remembered: far more than there are places, and not without end.
_REMEMBERED: Final = 10_000

_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class PlaceKind(StrEnum):
    """What the table's position of a place is."""

    SEAPORT = "seaport"
    RIVER_PORT = "river_port"
    AIRPORT = "airport"
    INLAND = "inland"


class PlaceLevel(StrEnum):
    """How exact a reference is."""

    PORT = "port"
    COUNTRY = "country"
    REGION = "region"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the checked table. Degrees WGS84, south and west negative.

    check: agree, corrected or single_source; sources: the lists that agree with the position.
    """

    locode: str
    name: str
    country: str
    lat: float
    lon: float
    kind: PlaceKind
    region: str
    role_note: str
    sources: tuple[str, ...]
    check: str
    comment: str


@dataclass(frozen=True)
class Places:
    """The table: places by LOCODE, and second codes of the same port."""

    by_locode: Mapping[str, Place]
    #: {code in trade: official code}
    aliases: Mapping[str, str]

    def __iter__(self) -> Iterator[Place]:
        return iter(self.by_locode.values())

    def __len__(self) -> int:
        return len(self.by_locode)

    def __contains__(self, locode: str) -> bool:
        return self.get(locode) is not None

    def get(self, locode: str) -> Place | None:
        """Place of this code, or of the port it is a second code of; None if not in the table."""
        return self.by_locode.get(locode) or self.by_locode.get(self.canonical(locode))

    def canonical(self, locode: str) -> str:
        """Give the one code of a port that goes by two (BRIGI is BRSPB); any other unchanged."""
        return self.aliases.get(locode, locode)

    def known_mask(self, locodes: pl.Series) -> pl.Series:
        """Tell for each code whether the table has it, as a Boolean column; null gives false."""
        known = [*self.by_locode, *self.aliases]
        return locodes.is_in(known).fill_null(value=False)


def table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV file shipped in `data/`."""
    text = (files("streams.routes") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def places() -> Places:
    """Give the checked table, read once."""
    rows = [_place(row) for row in table("ports.csv")]
    aliases = {row["code"]: row["canonical"] for row in table("aliases.csv")}
    return Places({place.locode: place for place in rows}, aliases)


def _place(row: dict[str, str]) -> Place:
    return Place(
        locode=row["locode"],
        name=row["name"],
        country=row["country_code"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        kind=PlaceKind(row["kind"]),
        region=row["region"],
        role_note=row["role_note"],
        sources=tuple(row["sources"].split(";")),
        check=row["check"],
        comment=row["comment"],
    )


@lru_cache(_REMEMBERED)
def canonical(ref: str) -> str:
    """Give the one code of a port that goes by two; any other reference unchanged."""
    return places().canonical(ref)


def level(ref: str) -> PlaceLevel:
    """Level of a reference as `parse_reference` gives them."""
    if not ref:
        return PlaceLevel.UNKNOWN
    if _COUNTRY.fullmatch(ref):
        return PlaceLevel.COUNTRY
    return PlaceLevel.PORT if _LOCODE.fullmatch(ref) else PlaceLevel.REGION


@lru_cache(_REMEMBERED)
def country_of(ref: str) -> str:
    """Country of a port or country reference; '' for regions, unknowns and unassigned prefixes."""
    if level(ref) not in {PlaceLevel.PORT, PlaceLevel.COUNTRY}:
        return ""
    return ref[:2] if ref[:2] in countries() else ""


@lru_cache(_REMEMBERED)
def is_known(ref: str) -> bool:
    """Whether the reference names a place of the table, a country or a listed region."""
    match level(ref):
        case PlaceLevel.PORT:
            return ref in places()
        case PlaceLevel.COUNTRY:
            return ref in countries()
        case PlaceLevel.REGION:
            return ref.removeprefix(REGION_PREFIX) in regions()
        case PlaceLevel.UNKNOWN:
            return False


def unknown(refs: Iterable[str]) -> Counter[str]:
    """Count the references that are not known; empty ones name nothing and are left out."""
    return Counter(ref for ref in refs if ref and not is_known(ref))


def parse_reference(text: str) -> str:
    """Give the reference for one place as people and files write it.

    Codes in either case, English names of countries and regions, 'EU'. Text that fits none is
    kept as a free region, so nothing a source said is lost.

    >>> [parse_reference(t) for t in ("EU", "south america", "br", "Spain", "BRSSZ", "", "Sahel")]
    ['region:EU', 'region:South America', 'BR', 'ES', 'BRSSZ', '', 'region:Sahel']
    """
    text = text.strip().removeprefix(REGION_PREFIX).strip()
    if not text:
        return ""
    if region := region_names().get(text.casefold()):
        return REGION_PREFIX + region
    if country := country_codes().get(text.casefold()):
        return country
    code = text.upper()
    if _COUNTRY.fullmatch(code) or code in places():
        return code
    # An ordinary five-letter word is a code only when written as one: Texas is not in TE.
    return text if _LOCODE.fullmatch(text) else REGION_PREFIX + text


def parse_references(text: str) -> tuple[str, ...]:
    """Give the references of a field that may name several, 'BEZEE|BEANR', in their order."""
    return tuple(ref for part in text.split(SEPARATOR) if (ref := parse_reference(part)))


def label(ref: str) -> str:
    """Name to show: 'Santos (BRSSZ)', 'Brazil', 'European Union', 'unknown'.

    A code that is not in the table is shown as it is.
    """
    match level(ref):
        case PlaceLevel.PORT:
            place = places().get(ref)
            return f"{place.name} ({ref})" if place else ref
        case PlaceLevel.COUNTRY:
            return countries().get(ref, ref)
        case PlaceLevel.REGION:
            name = ref.removeprefix(REGION_PREFIX)
            return regions().get(name, name)
        case PlaceLevel.UNKNOWN:
            return "unknown"
