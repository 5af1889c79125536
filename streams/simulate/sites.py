"""Scanner sites and cameras at the partners' places. All names are made up."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from streams.routes.places import country_of
from streams.simulate.lanes import stops

#: Busy ports have several sites; the others one.
SITES: Final = {"BRSSZ": 4, "BRPNG": 2, "BRITJ": 2, "BEANR": 5, "NLRTM": 5, "NLVLI": 2, "PYVLL": 2}
CAMERAS: Final = 12

#: One site sends poor images: mostly no verdict, low scores. Quality, not a route, explains it.
POOR_SITE: Final = "BRPNG/site-2"

#: Algorithm and version by country; two of a country's sites may run different versions.
ALGORITHMS: Final = {
    "BR": (("density-contrast", "3.2.0"), ("density-contrast", "3.2.1")),
    "PY": (("density-contrast", "3.1.4"),),
    "BE": (("cargo-match", "1.8.0"), ("cargo-match", "1.9.0-rc1")),
    "NL": (("cargo-match", "1.9.0"), ("empty-check", "2.0.3")),
}


@dataclass(frozen=True, slots=True)
class Site:
    """One scanner site with its cameras."""

    place: str
    country: str
    terminal: str
    algorithm: str
    version: str
    poor: bool
    cameras: tuple[str, ...]


@cache
def sites(place: str) -> tuple[Site, ...]:
    """Give the sites of a place, in a fixed order."""
    return tuple(_site(place, number) for number in range(1, SITES.get(place, 1) + 1))


@cache
def all_sites() -> dict[str, Site]:
    """Give every site by its name, LOCODE/terminal."""
    found = (site for stop in stops() for site in sites(stop.place))
    return {f"{site.place}/{site.terminal}": site for site in found}


def _site(place: str, number: int) -> Site:
    country, terminal = country_of(place), f"site-{number}"
    algorithms = ALGORITHMS[country]
    algorithm, version = algorithms[number % len(algorithms)]
    cameras = tuple(f"{country}-{place[2:]}-{number}{n:02d}" for n in range(1, CAMERAS + 1))
    poor = f"{place}/{terminal}" == POOR_SITE
    return Site(place, country, terminal, algorithm, version, poor, cameras)
