"""What a distance is made of: modes, methods, doubts, legs."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain


class Mode(StrEnum):
    """Mode of transport of a leg."""

    SEA = "sea"
    RIVER = "river"
    AIR = "air"
    ROAD = "road"
    RAIL = "rail"


class Method(StrEnum):
    """How a figure was found."""

    TABLE = "table"
    SEAROUTE = "searoute"
    RIVER = "river"
    GREAT_CIRCLE = "great_circle"
    SAME_PLACE = "same_place"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Flag(StrEnum):
    """What a reader should know before trusting a figure."""

    OFF_NETWORK = "off_network"  # an end lies more than 50 km from the sea network
    ESTIMATED_RIVER = "estimated_river"  # a river port without a row in the table of legs
    STRAIGHT_LINE = "straight_line"  # shorter than the real way over land or along a coast
    OTHER_MODE = "other_mode"  # the mode asked for does not join these places
    UNKNOWN_PLACE = "unknown_place"  # a code that is not in the table
    NOT_A_POINT = "not_a_point"  # a country, a region or nothing: no position


@dataclass(frozen=True, slots=True)
class Leg:
    """A way by one mode and one method. Days are a barge's usual ones, None where not known."""

    origin: str
    destination: str
    mode: Mode
    nautical_miles: float
    method: Method
    flags: frozenset[Flag] = frozenset()
    via: tuple[str, ...] = ()
    days_min: float | None = None
    days_max: float | None = None
    source: str = ""

    def reversed(self) -> "Leg":
        """Give the same way in the other direction."""
        return replace(self, origin=self.destination, destination=self.origin, via=self.via[::-1])


@dataclass(frozen=True, slots=True)
class Distance:
    """The way between two places: its legs in order. No legs: not known, and `flags` says why."""

    origin: str
    destination: str
    legs: tuple[Leg, ...]
    why_unknown: frozenset[Flag] = frozenset()

    @property
    def nautical_miles(self) -> float | None:
        """Length of all legs; None when not known."""
        return sum(leg.nautical_miles for leg in self.legs) if self.legs else None

    @property
    def sea_nm(self) -> float:
        """Part at sea."""
        return self._part(Mode.SEA)

    @property
    def river_nm(self) -> float:
        """Part on the river."""
        return self._part(Mode.RIVER)

    @property
    def straight_nm(self) -> float:
        """Part by air, road or rail, as a straight line."""
        return self._part(Mode.AIR, Mode.ROAD, Mode.RAIL)

    @property
    def method(self) -> Method:
        """Give the legs' method, MIXED when they differ."""
        methods = {leg.method for leg in self.legs} or {Method.UNKNOWN}
        return methods.pop() if len(methods) == 1 else Method.MIXED

    @property
    def flags(self) -> frozenset[Flag]:
        """All legs' flags, or why nothing is known."""
        return self.why_unknown.union(*(leg.flags for leg in self.legs))

    @property
    def via(self) -> tuple[str, ...]:
        """Places between the legs, and the straits and canals passed, in order."""
        last = len(self.legs) - 1
        stops = ((*leg.via, leg.destination) for leg in self.legs[:last])
        return tuple(chain(*stops, *(leg.via for leg in self.legs[last:])))

    def _part(self, *modes: Mode) -> float:
        return sum(leg.nautical_miles for leg in self.legs if leg.mode in modes)
