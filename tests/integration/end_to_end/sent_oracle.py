"""What the tables must show in the end, counted in plain Python from what was sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from published_rows import cases

from streams.names import Kind
from streams.simulate.sent import Outcome, Sent

#: Year, precision, origin, destination: seizures and kilos.
History = dict[tuple[int, str, str, str], tuple[int, Decimal]]


def history() -> History:
    """Published seizures; rows that tell of more than one seizure are no seizure."""
    found: dict[tuple[int, str, str, str], list[Decimal]] = defaultdict(list)
    for case in cases():
        if "context row" not in case.raw["notes"].lower():
            key = (case.day.year, case.precision, case.origin, case.destination)
            found[key].append(case.kilos)
    return {key: (len(kilos), sum(kilos, Decimal(0))) for key, kilos in found.items()}


def standing(sent: Iterable[Sent], kind: Kind) -> Iterator[dict[str, Any]]:
    """Events that landed, each once, less those taken back by another."""
    landed = {
        s.event["event_id"]: s.event for s in sent if s.kind is kind and s.outcome is Outcome.LANDED
    }
    taken_back = {event["retracted_event_id"] for event in landed.values()}
    for name, event in landed.items():
        if name not in taken_back and not event["withdrawal"]:
            yield event


def ways(sent: Iterable[Sent]) -> dict[str, tuple[str, str]]:
    """Origin and destination of each container by the itinerary recorded last."""
    known: dict[str, tuple[Any, tuple[str, str]]] = {}
    for s in sent:
        if s.kind is not Kind.ITINERARY or s.outcome is not Outcome.LANDED:
            continue
        box, at = s.event["container_number"], s.event["recorded_at"]
        way = (s.event["origin"], s.event["intended_destination"])
        if s.event["status"] == "WITHDRAWN":
            way = ("", "")
        if box not in known or known[box][0] < at:
            known[box] = (at, way)
    return {box: way for box, (_, way) in known.items()}


def scans(sent: list[Sent]) -> Counter[tuple[str, str, str, str]]:
    """Scans by where they were made, origin, destination and verdict."""
    known = ways(sent)
    return Counter(
        (e["facility_locode"], *known.get(e["container_number"], ("", "")), e["verdict"])
        for e in standing(sent, Kind.SCAN_VERDICT)
    )


def cameras(sent: list[Sent]) -> Counter[tuple[str, str, str]]:
    """Camera events by where they were seen, origin and destination."""
    known = ways(sent)
    return Counter(
        (e["facility_locode"], *known.get(e["container_number"], ("", "")))
        for e in standing(sent, Kind.CAMERA_EVENT)
    )


def seizures(sent: list[Sent]) -> dict[str, tuple[int, Decimal]]:
    """Seizures and kilos by the place of interception; a sum without kilos counts as none."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for event in standing(sent, Kind.SEIZURE_REPORT):
        if event["status"] != "WITHDRAWN":
            found[event["interception_place"]].append(Decimal(str(event["quantity_kg"] or 0)))
    return {place: (len(kilos), sum(kilos, Decimal(0))) for place, kilos in found.items()}
