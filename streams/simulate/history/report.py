"""What loading a file of published seizures did, for people and for machines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from streams.names import Kind, event_topic
from streams.routes.places import unknown
from streams.simulate.history.event import topic_partner

#: Two weights closer than this share of the larger one may be the same load.
SAME_WEIGHT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that became no event, and why. row: as a spreadsheet counts."""

    row: int
    id: str
    reason: str


@dataclass
class Report:
    """Counts of one load. kilos_by_year goes by occurred_at, whatever its precision."""

    source: str
    rows: int = 0
    sent: int = 0
    kilos: float = 0.0
    by_topic: Counter[str] = field(default_factory=Counter)
    by_year: Counter[int] = field(default_factory=Counter)
    kilos_by_year: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    unusable: list[Unusable] = field(default_factory=list)
    unknown_places: Counter[str] = field(default_factory=Counter)
    suspected_duplicates: list[tuple[str, str]] = field(default_factory=list)
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give the report with plain types and keys."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "sent": self.sent,
            "kilos": round(self.kilos, 3),
            "by_topic": dict(sorted(self.by_topic.items())),
            "by_year": {str(year): n for year, n in sorted(self.by_year.items())},
            "kilos_by_year": {str(y): round(kg, 3) for y, kg in sorted(self.kilos_by_year.items())},
            "unusable": [{"row": u.row, "id": u.id, "reason": u.reason} for u in self.unusable],
            "unknown_places": dict(sorted(self.unknown_places.items())),
            "suspected_duplicates": [list(pair) for pair in self.suspected_duplicates],
        }


def report(
    source: str, events: Sequence[dict[str, Any]], unusable: Sequence[Unusable], *, dry_run: bool
) -> Report:
    """Count what a file came to."""
    counts = Report(source, rows=len(events) + len(unusable), sent=0 if dry_run else len(events))
    counts.dry_run, counts.unusable = dry_run, list(unusable)
    for event in events:
        year = event["occurred_at"].year
        counts.kilos += event["quantity_kg"]
        counts.by_topic[event_topic(topic_partner(event), Kind.SEIZURE_REPORT)] += 1
        counts.by_year[year] += 1
        counts.kilos_by_year[year] += event["quantity_kg"]
        counts.unknown_places.update(unknown(_references(event)))
    counts.suspected_duplicates = list(suspected_duplicates(events))
    return counts


def suspected_duplicates(events: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Give pairs of ids with the same place, date, precision and nearly the same weight.

    They are listed, never merged: "one of two" loads of a day may well weigh the same.
    """
    told: defaultdict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        told[event["interception_place"], event["occurred_at"], event["date_precision"]].append(
            event
        )
    for group in told.values():
        for one, other in combinations(group, 2):
            if _same_weight(one["quantity_kg"], other["quantity_kg"]):
                yield one["event_id"], other["event_id"]


def _same_weight(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_WEIGHT * max(one, other)


def _references(event: dict[str, Any]) -> Iterator[str]:
    yield event["interception_place"]
    yield from filter(None, (event["origin"], event["intended_destination"]))
    yield from event["transits"]
    yield from (candidate["place"] for candidate in event["destination_candidates"])
