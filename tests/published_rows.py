"""Rows of `seizure_reports` and `corridor_activity` computed from the published case file.

Stands in for the pipeline in tests of what is shown, so it shares none of its code but the
reading of place references.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.routes.places import parse_references
from streams.settings import Endpoints
from streams.store.client import connect
from streams.store.migrate import migrate
from streams.store.reference import load_places

FILE = Path(__file__).parents[1] / "streams" / "simulate" / "data" / "published_seizures.csv"
ALIASES = FILE.parents[2] / "routes" / "data" / "aliases.csv"
LOADED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One published seizure as the tables hold it."""

    id: str
    day: datetime
    precision: str
    country: str
    place: str
    origin: str
    transit: str
    destination: str
    kilos: Decimal
    raw: dict[str, str]


def _places() -> dict[str, str]:
    """Codes that sources write for a place of another code."""
    with ALIASES.open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file)}


PLACES = _places()


def cases() -> list[Case]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_case(row) for row in csv.DictReader(file)]


def _case(row: dict[str, str]) -> Case:
    return Case(
        id=row["seizure_id"],
        day=datetime.fromisoformat(row["seized_on"]).replace(tzinfo=UTC),
        precision=row["date_precision"].upper(),
        country=row["authority_country"],
        place=PLACES.get(row["place_locode"], row["place_locode"]) or row["authority_country"],
        origin=_single(row["origin_locode_or_country"]),
        transit="|".join(parse_references(row["transit_locodes"])),
        destination=_single(row["destination_locode_or_country"]),
        kilos=Decimal(row["quantity_kg"]),
        raw=row,
    )


def _single(text: str) -> str:
    """One reference or nothing: several candidates are not one known place."""
    found = parse_references(text)
    return PLACES.get(found[0], found[0]) if len(found) == 1 else ""


def load(endpoints: Endpoints) -> None:
    """Make the tables and fill them with what a page shows."""
    migrate(endpoints)
    with connect(endpoints) as client:
        load_places(client)
        insert(client)


def insert(client: Client) -> None:
    """Write the case file as open-source reports, and a few simulated scans and seizures."""
    _write(client, "seizure_reports", list(_reports()))
    _write(client, "corridor_activity", [*_activity(), *_simulated()])
    _write(client, "scan_verdicts", list(_scans()))
    _write(client, "dead_letters", [_dead_letter()])


def _write(client: Client, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    client.insert(table, [[row[name] for name in names] for row in rows], names)


def _reports() -> Iterator[dict[str, Any]]:
    for case in cases():
        methods = case.raw["detection_method"].upper().replace(" ", "_").split("|")
        yield {
            "minute": case.day,
            "site": case.place,
            "event_id": case.id,
            "version": 1,
            "occurred_at": case.day,
            "recorded_at": case.day,
            "received_at": LOADED_AT,
            "country": case.country,
            "provenance": "OPEN_SOURCE",
            "date_precision": case.precision,
            "interception_place": case.place,
            "status": "CONFIRMED",
            "commodity": case.raw["drug"],
            "quantity": float(case.kilos),
            "unit": "KG",
            "quantity_kg": case.kilos,
            "quantity_known": 1,
            "concealment": case.raw["concealment"],
            "cover_load": case.raw["cover_load"],
            "detection_methods": [m for m in methods if m not in {"", "UNKNOWN"}],
            "source_title": case.raw["source_title"],
            "source_url": case.raw["source_url"],
            "source_published": case.raw["source_published"],
            "origin": case.origin,
            "transit": case.transit,
            "destination": case.destination,
            "topic": "open.seizure-report.v1",
        }


def _activity() -> Iterator[dict[str, Any]]:
    sums: dict[tuple[Any, ...], list[Case]] = defaultdict(list)
    for case in cases():
        key = (case.day, case.place, case.precision, case.origin, case.transit, case.destination)
        sums[key].append(case)
    for (day, place, precision, origin, transit, destination), together in sums.items():
        yield {
            **_window("seizure-report", day, place, origin, destination),
            "date_precision": precision,
            "transit": transit,
            "commodity": "cocaine",
            "provenance": "OPEN_SOURCE",
            "seizures": len(together),
            "kilos": sum(case.kilos for case in together),
        }


def _window(kind: str, start: datetime, site: str, origin: str, destination: str) -> dict[str, Any]:
    zeros = dict.fromkeys(("scans", "suspects", "inconclusive", "camera_events", "seizures"), 0)
    return {
        "kind": kind,
        "window_start": start,
        "site": site,
        "date_precision": "MINUTE",
        "interception_place": site,
        "origin": origin,
        "transit": "",
        "destination": destination,
        "direction": "EXPORT",
        "verdict": "",
        "commodity": "",
        "provenance": "SYNTHETIC",
        **zeros,
        "kilos": Decimal(0),
        "revision": 1,
    }


def _simulated() -> Iterator[dict[str, Any]]:
    """Simulated: 40 scans a month of 2024 at Santos, one in forty suspect; two seizures."""
    for month in range(1, 13):
        at = datetime(2024, month, 15, 10, 30, tzinfo=UTC)
        window = _window("scan-verdict", at, "BRSSZ", "BRSSZ", "NLRTM")
        yield {**window, "verdict": "CLEAR", "scans": 39}
        yield {**window, "verdict": "SUSPECT", "scans": 1, "suspects": 1}
    for day in (3, 4):
        at = datetime(2024, 5, day, tzinfo=UTC)
        window = _window("seizure-report", at, "BRSSZ", "BRSSZ", "NLRTM")
        yield {
            **window,
            "date_precision": "DAY",
            "commodity": "cocaine",
            "seizures": 1,
            "kilos": Decimal(100),
        }


def _scans() -> Iterator[dict[str, Any]]:
    for number in range(480):
        at = datetime(2024, 1 + number % 12, 15, 10, 30, tzinfo=UTC)
        yield {
            "minute": at,
            "site": "BRSSZ",
            "event_id": f"scan-{number}",
            "version": 1,
            "occurred_at": at,
            "recorded_at": at,
            "received_at": LOADED_AT,
            "country": "BR",
            "provenance": "SYNTHETIC",
            "verdict": "SUSPECT" if number % 40 == 0 else "CLEAR",
            "topic": "customs.br.scan-verdict.v1",
        }


def _dead_letter() -> dict[str, Any]:
    return {
        "topic": "customs.br.scan-verdict.v1",
        "partition": 0,
        "offset": 7,
        "received_at": LOADED_AT,
        "partner": "BR",
        "kind": "scan-verdict",
        "reason": "UNDECODABLE",
        "detail": "test",
        "schema_id": 1,
    }
