"""The routes that simulated containers take, and the partners' places along them."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from streams.names import PARTNERS
from streams.routes.distances import Mode, distance
from streams.routes.places import country_of, places
from streams.routes.rivers import on_waterway, reach

DAY_MS: Final = 86_400_000
#: Service speed of container ships; calls on the way make it less than what they can do.
KNOTS: Final = 16.0
#: Days in a port between two ships; from a barge to a ship it is about a week.
TRANSHIPMENT_DAYS: Final = 4.0
BARGE_WAIT_DAYS: Final = 7.0

#: Share of traffic, places in order. Brazilian ports lead; Paraguay goes by river to the mouths.
TRAFFIC: Final = """
14 BRSSZ BEANR        |10 BRSSZ NLRTM        | 5 BRSSZ DEHAM        | 3 BRSSZ ESALG
 3 BRSSZ ESALG BEANR  | 2 BRSSZ MAPTM NLRTM  | 1 BRSSZ PTSIE        | 1 BRSSZ BEANR SEGOT
 1 BRSSZ GBLGP        | 1 BRSSZ FRLEH        | 1 BRSSZ ITGIT        | 7 BRPNG BEANR
 5 BRPNG NLRTM        | 2 BRPNG DEHAM        | 1 BRPNG ESVLC        | 3 BRITJ BEANR
 2 BRNVT NLRTM        | 2 BRIOA BEANR        | 2 BRNAT NLRTM        | 1 BRNAT NLVLI
 1 BRFOR NLRTM        | 1 BRPEC NLVLI        | 1 BRSSA FRLEH        | 2 BRRIO NLRTM
 1 BRSUA ESALG BEANR  | 1 BRVIX BEANR        | 1 BRVDC NLRTM        | 2 BRRIG BEANR
 3 PYASU ARBUE NLRTM  | 3 PYVLL UYMVD BEANR  | 1 PYVLL ARBUE BRSSZ MAPTM NLRTM
 1 PYFNX ARBUE BRPNG DEHAM                   | 1 PYASU UYMVD ESALG BEANR
 6 ECGYE BEANR        | 5 ECGYE NLRTM        | 2 ECGYE NLVLI        | 2 ECGYE PAMIT BEANR
 2 ECPSJ BEANR        | 2 ECPBO NLVLI        | 1 ECGYE NLRTM RULED  | 2 COCTG NLRTM
 2 COCTG BEANR        | 2 COSMR NLVLI        | 2 COTRB BEANR        | 2 PECLL PAMIT NLRTM
 1 CLSAI NLRTM        | 2 CRMOB NLVLI        | 2 CRMOB BEANR        | 1 PAMIT BEANR
"""

#: Scans with a find among 1,000, by country of origin. The published share of Dutch seaports is
#: 0.7 to 2.5 at most; how it spreads over origins is an assumption.
HITS_PER_1000: Final = {"EC": 1.6, "CO": 1.6, "BR": 0.8, "PY": 2.0}
HITS_ELSEWHERE: Final = 0.4

#: A container is seldom scanned where it only changes ships.
SCANNED_IN_TRANSIT: Final = 0.3


@dataclass(frozen=True, slots=True)
class Lane:
    """One route: its places, and for each leg its mode and usual days under way."""

    places: tuple[str, ...]
    modes: tuple[str, ...]
    days: tuple[float, ...]
    waits: tuple[float, ...]  # days in port before each leg but the first


@dataclass(frozen=True, slots=True)
class Stop:
    """A partner's place on a lane, where containers are scanned and seen. weight: of traffic."""

    lane: Lane
    index: int
    weight: float

    @property
    def place(self) -> str:
        """Give its LOCODE."""
        return self.lane.places[self.index]

    @property
    def phase(self) -> str:
        """Give LOAD, DISCHARGE or TRANSIT."""
        if self.index == 0:
            return "LOAD"
        return "DISCHARGE" if self.index == len(self.lane.places) - 1 else "TRANSIT"

    @property
    def direction(self) -> str:
        """Give EXPORT, IMPORT or TRANSIT, as seen from here."""
        return {"LOAD": "EXPORT", "DISCHARGE": "IMPORT"}.get(self.phase, "TRANSIT")

    @property
    def hit_share(self) -> float:
        """Give the share of scans that find something."""
        return HITS_PER_1000.get(country_of(self.lane.places[0]), HITS_ELSEWHERE) / 1000


@cache
def stops() -> tuple[Stop, ...]:
    """Give every stop at a partner's place, in a fixed order."""
    found = []
    for entry in filter(str.strip, TRAFFIC.replace("\n", "|").split("|")):
        share, *route = entry.split()
        lane = _lane(tuple(route))
        for index, place in enumerate(lane.places):
            if country_of(place) in PARTNERS:
                stop = Stop(lane, index, float(share))
                factor = SCANNED_IN_TRANSIT if stop.phase == "TRANSIT" else 1.0
                found.append(Stop(lane, index, stop.weight * factor))
    return tuple(found)


@cache
def _lane(route: tuple[str, ...]) -> Lane:
    legs = [_leg(start, end) for start, end in pairwise(route)]
    waits = [BARGE_WAIT_DAYS if mode == "RIVER" else TRANSHIPMENT_DAYS for mode, _ in legs]
    return Lane(
        route, tuple(mode for mode, _ in legs), tuple(days for _, days in legs), tuple(waits[:-1])
    )


@cache
def _leg(start: str, end: str) -> tuple[str, float]:
    by_river = any(on_waterway(places().by_locode[place]) for place in (start, end))
    if by_river and (way := reach(start, end)):
        return "RIVER", (way.days_min + way.days_max) / 2
    miles = distance(start, end, Mode.SEA).nautical_miles
    if miles is None:
        raise ValueError(f"no way by sea from {start} to {end}")
    return "SEA", miles / KNOTS / 24
