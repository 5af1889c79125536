"""A published seizure as a seizure report. Pure: the same row always gives the same event."""

import math
from collections.abc import Sequence
from typing import Any, Final

from streams.names import OPEN, PARTNERS
from streams.routes.countries import countries
from streams.routes.places import country_of, parse_reference, parse_references
from streams.simulate.history.dates import occurred, precision, recorded
from streams.simulate.history.direction import direction
from streams.simulate.history.rows import Row, UnusableError, Why

#: Cocaine in the edition of the Harmonized System that separates it. The class is ours, not the
#: source's, so one edition serves all years.
HS: Final = {"cocaine": ("2939.72", "2022")}
MODES: Final = {"maritime": "SEA", "river": "RIVER", "air": "AIR", "road": "ROAD", "rail": "RAIL"}
CONTEXT: Final = "context row"
#: What the weights of several named destinations rest on.
BASIS: Final = "several named by the source"


def topic_partner(event: dict[str, Any]) -> str:
    """Partner on whose topic the event goes: the authority's, else the open-source one."""
    country = str(event["country"])
    return country if country in PARTNERS else OPEN


def to_event(row: Row) -> dict[str, Any]:
    """Give the event of a row, field by field as `docs/history.md` says.

    Raises UnusableError with the reason when the row cannot be an event.
    """
    if CONTEXT in row.get("notes").lower():
        raise UnusableError(Why.CONTEXT_ROW)
    if not row.get("seizure_id"):
        raise UnusableError(Why.NO_ID)
    date_precision = precision(row.get("date_precision"))
    occurred_at = occurred(row.get("seized_on"), date_precision)
    published = row.get("source_published")
    kilos = _kilos(row.get("quantity_kg"))
    return {
        "event_id": row.get("seizure_id"),
        "occurred_at": occurred_at,
        "recorded_at": recorded(published, occurred_at),
        "country": _country(row),
        "provenance": "OPEN_SOURCE",
        "date_precision": date_precision,
        "status": "CONFIRMED",
        **_route(row),
        **_goods(row),
        "quantity": kilos,
        "unit": "kg",
        "quantity_kg": kilos,
        "national_reference": None,
        "source_title": row.get("source_title") or None,
        "source_url": row.get("source_url") or None,
        "source_published": published or None,
        "notes": _notes(row),
        "retracted_event_id": None,
        "retracted_site": None,
        "retracted_occurred_at": None,
        "withdrawal": False,
    }


def _country(row: Row) -> str:
    country = row.get("authority_country").upper() or country_of(row.get("place_locode"))
    if country not in countries():
        raise UnusableError(Why.NO_COUNTRY, repr(country))
    return country


def _kilos(text: str) -> float:
    try:
        kilos = float(text)
    except ValueError:
        kilos = math.nan
    if not (math.isfinite(kilos) and kilos > 0):
        raise UnusableError(Why.BAD_QUANTITY, repr(text))
    return kilos


def _route(row: Row) -> dict[str, Any]:
    place = parse_reference(row.get("place_locode")) or _country(row)
    origin = _common(parse_references(row.get("origin_locode_or_country")))
    destinations = parse_references(row.get("destination_locode_or_country"))
    destination = _common(destinations)
    return {
        "interception_place": place,
        # Free names of quays differ from source to source and would split a place into many.
        "interception_terminal": None,
        "origin": origin,
        "transits": list(parse_references(row.get("transit_locodes"))),
        "intended_destination": destination,
        "destination_candidates": _candidates(destinations),
        "direction": direction(place, origin, destination),
        "transport_mode": MODES.get(row.get("transport_mode").lower(), "UNKNOWN"),
    }


def _common(refs: Sequence[str]) -> str | None:
    """Give the one reference, or the country that all share; None when they share none."""
    if len(set(refs)) == 1:
        return refs[0]
    shared = {country_of(ref) for ref in refs}
    return shared.pop() or None if len(shared) == 1 else None


def _candidates(refs: Sequence[str]) -> list[dict[str, Any]]:
    if len(refs) < len(("one", "another")):
        return []
    return [{"place": ref, "weight": 1 / len(refs), "basis": BASIS} for ref in refs]


def _goods(row: Row) -> dict[str, Any]:
    commodity = row.get("drug").lower() or "unknown"
    hs_code, hs_edition = HS.get(commodity, (None, None))
    methods = (m.strip() for m in row.get("detection_method").split("|"))
    return {
        "container_number": row.get("container_no") or None,
        "vessel": row.get("vessel") or None,
        "commodity": commodity,
        "hs_code": hs_code,
        "hs_edition": hs_edition,
        "concealment": row.get("concealment") or None,
        "cover_load": row.get("cover_load") or None,
        "detection_methods": sorted(
            {m.upper().replace(" ", "_") for m in methods if m and m != "unknown"}
        ),
    }


def _notes(row: Row) -> str | None:
    name, notes = row.get("place_name"), row.get("notes")
    parts = [f"place as named: {name}"] if name else []
    return "; ".join(parts + ([notes] if notes else [])) or None
