"""Event rows for tests of the aggregates, and the aggregates computed in plain Python."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.analyse.windows import Window
from streams.names import TABLES, Kind

START = datetime(2026, 5, 4, tzinfo=UTC)

#: Dimensions and measures of corridor_activity, as both sides of a comparison use them.
GROUP = (
    "kind", "window_start", "site", "date_precision", "interception_place", "origin", "transit",
    "destination", "direction", "verdict", "commodity", "provenance",
)  # fmt: skip
MEASURES = ("scans", "suspects", "inconclusive", "camera_events", "seizures", "kilos")

Activity = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Event:
    """One row of an event table, with the columns that count."""

    kind: Kind
    minute: datetime
    site: str
    event_id: str
    version: int = 1
    retracted: int = 0
    origin: str = "PYASU"
    transit: str = ""
    destination: str = "NLRTM"
    direction: str = "EXPORT"
    provenance: str = "PARTNER"
    verdict: str = ""
    interception_place: str = ""
    date_precision: str = ""
    status: str = "CONFIRMED"
    commodity: str = ""
    quantity_kg: Decimal = Decimal(0)

    @property
    def window(self) -> tuple[Kind, datetime, str]:
        return self.kind, self.minute, self.site

    def row(self) -> dict[str, Any]:
        """Give the columns that the event's table has."""
        apart = {"verdict": Kind.SCAN_VERDICT}
        seizure = ("interception_place", "date_precision", "status", "commodity", "quantity_kg")
        apart |= dict.fromkeys(seizure, Kind.SEIZURE_REPORT)
        return {
            name: value
            for name, value in asdict(self).items()
            if name != "kind" and apart.get(name, self.kind) == self.kind
        }


def insert(store: Client, events: Iterable[Event]) -> None:
    """Land events as ingest does: as rows, whatever was landed before."""
    for kind in Kind:
        rows = [event.row() for event in events if event.kind == kind]
        if rows:
            store.insert(TABLES[kind], [list(r.values()) for r in rows], column_names=list(rows[0]))


def oracle(events: Iterable[Event]) -> Activity:
    """Compute the activity of all rows ever landed: the newest version of each event counts."""
    newest: dict[tuple[Any, ...], Event] = {}
    for event in events:
        key = (*event.window, event.event_id)
        if key not in newest or event.version > newest[key].version:
            newest[key] = event
    totals: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, Decimal(0)])
    for event in newest.values():
        if event.retracted or event.status == "WITHDRAWN":
            continue
        for position, value in enumerate(_counts(event)):
            totals[_group(event)][position] += value
    return {group: tuple(measures) for group, measures in totals.items()}


def _counts(event: Event) -> tuple[Any, ...]:
    if event.kind == Kind.SCAN_VERDICT:
        suspect, unsure = event.verdict == "SUSPECT", event.verdict == "INCONCLUSIVE"
        return 1, int(suspect), int(unsure), 0, 0, Decimal(0)
    if event.kind == Kind.CAMERA_EVENT:
        return 0, 0, 0, 1, 0, Decimal(0)
    return 0, 0, 0, 0, 1, event.quantity_kg


def _group(event: Event) -> tuple[Any, ...]:
    seizure = event.kind == Kind.SEIZURE_REPORT
    return (
        str(event.kind), event.minute, event.site,
        event.date_precision if seizure else "MINUTE",
        event.interception_place if seizure else event.site.split("/")[0],
        event.origin, event.transit, event.destination, event.direction,
        event.verdict, event.commodity, event.provenance,
    )  # fmt: skip


def activity(store: Client, *, zeros: bool = False) -> Activity:
    """Read the aggregates; those that are zero only on demand."""
    rows = store.query(
        f"SELECT {', '.join(GROUP + MEASURES)} FROM corridor_activity FINAL"
    ).result_rows
    found = {(row[0], row[1].replace(tzinfo=UTC), *row[2:12]): tuple(row[12:]) for row in rows}
    return {group: measures for group, measures in found.items() if zeros or any(measures)}


def daily(events: Iterable[Event]) -> Activity:
    """Add up the oracle's windows by day, place, corridor, direction and provenance."""
    totals: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, Decimal(0)])
    for group, measures in oracle(events).items():
        _, start, _, precision, place, origin, _, destination, direction, _, _, provenance = group
        key = (start.date(), precision, origin, destination, place, direction, provenance)
        for position, value in enumerate(measures):
            totals[key][position] += value
    return {key: tuple(values) for key, values in totals.items()}


def touched(events: Iterable[Event], revision: int = 1) -> list[Window]:
    """Give the windows of events, each once, sorted."""
    return sorted({Window(e.kind, int(e.minute.timestamp()), e.site, revision) for e in events})


def traffic(seed: int, count: int, site: str = "BRSSZ") -> list[Event]:
    """Give mixed events over a few minutes and sites: repeated, rerouted, retracted ones too."""
    rng = random.Random(seed)
    events = [_event(rng, n, site) for n in range(count)]
    later = [_changed(rng, event) for event in rng.sample(events, count // 4)]
    return events + later + rng.sample(events, count // 5)


def _event(rng: random.Random, number: int, site: str) -> Event:
    kind = rng.choice([Kind.SCAN_VERDICT] * 3 + [Kind.CAMERA_EVENT, Kind.SEIZURE_REPORT])
    event = Event(
        kind,
        START + timedelta(minutes=rng.randrange(4), days=rng.randrange(2)),
        rng.choice([site, f"{site}/T'1"]),
        f"e-{number}",
        origin=rng.choice(["PYASU", "BRSSZ", "", "region:South America"]),
        transit=rng.choice(["", "ARBUE|UYMVD"]),
        destination=rng.choice(["NLRTM", "BEANR", ""]),
        direction=rng.choice(["EXPORT", "IMPORT"]),
        provenance=rng.choice(["PARTNER", "SYNTHETIC"]),
    )
    if kind == Kind.SCAN_VERDICT:
        return replace(event, verdict=rng.choice(["CLEAR", "SUSPECT", "INCONCLUSIVE"]))
    if kind == Kind.CAMERA_EVENT:
        return event
    return replace(
        event,
        minute=event.minute.replace(hour=0, minute=0),
        interception_place=event.site.split("/")[0],
        date_precision=rng.choice(["MINUTE", "DAY", "MONTH", "YEAR", "UNKNOWN"]),
        commodity="cocaine",
        quantity_kg=Decimal(rng.randrange(1, 10_000_000)) / 1000,
    )


def _changed(rng: random.Random, event: Event) -> Event:
    """Give a newer version of an event: retracted, or with another route."""
    if rng.random() < 0.5:
        return replace(event, version=event.version + 2, retracted=1)
    return replace(event, version=event.version + 1, origin="BRPNG", destination="BEANR")


def shuffled(events: Sequence[Event], seed: int) -> list[Event]:
    """Give the events in another order."""
    return random.Random(seed).sample(events, len(events))
