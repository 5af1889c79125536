"""Expected rows, worked out by hand from the contract."""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import polars as pl
import pytest

from streams.audit.expect import expected
from streams.names import Kind

TOPIC = "customs.br.scan-verdict.v1"
AT = datetime(2026, 3, 4, 5, 6, 7, 891_000, UTC)
AT_MS = int(AT.timestamp() * 1000)
MINUTE = int(datetime(2026, 3, 4, 5, 6, tzinfo=UTC).timestamp())
DAY = int(datetime(2026, 3, 4, tzinfo=UTC).timestamp())
CHECKSUM = crc32(b"some message")

BASE: dict[str, Any] = {
    "event_id": "e1",
    "occurred_at": AT_MS,
    "recorded_at": AT_MS + 1000,
    "container_number": "CSQU3054383",
    "partition": 3,
    "offset": 17,
    "checksum": CHECKSUM,
}
CORRECTABLE: dict[str, Any] = BASE | {
    "retracted_event_id": None,
    "retracted_site": None,
    "retracted_occurred_at": None,
    "withdrawal": False,
}
SCAN: dict[str, Any] = CORRECTABLE | {
    "facility_locode": "BRSSZ",
    "facility_terminal": "T1",
    "verdict": "SUSPECT",
}
CORRECTION: dict[str, Any] = {
    "retracted_event_id": "e0",
    "retracted_site": "BRPNG",
    "retracted_occurred_at": AT_MS - 120_000,
}
SEIZURE: dict[str, Any] = CORRECTABLE | {
    "interception_place": "NLRTM",
    "interception_terminal": None,
    "status": "CONFIRMED",
    "quantity_kg": 12.5,
}

TYPES = {
    "partition": pl.Int32,
    "checksum": pl.UInt32,
    "retracted_event_id": pl.String,
    "retracted_site": pl.String,
    "retracted_occurred_at": pl.Int64,
    "facility_terminal": pl.String,
    "interception_terminal": pl.String,
    "container_number": pl.String,
    "quantity_kg": pl.Float64,
}


def rows(kind: Kind, *events: dict[str, Any]) -> list[dict[str, Any]]:
    types = {name: dtype for name, dtype in TYPES.items() if name in events[0]}
    frame = pl.DataFrame(list(events), schema_overrides=types)
    return expected(kind, TOPIC, frame).to_dicts()


def test_a_scan_stands_under_its_minute_site_and_id() -> None:
    [row] = rows(Kind.SCAN_VERDICT, SCAN)
    assert (row["minute"], row["site"], row["id"]) == (MINUTE, "BRSSZ/T1", "e1")
    assert (row["topic"], row["partition"], row["offset"]) == (TOPIC, 3, 17)
    assert (row["occurred"], row["said"], row["retracted"]) == (AT_MS, "SUSPECT", 0)
    assert row["version"] == CHECKSUM % 2**22


@pytest.mark.parametrize("terminal", [None, ""])
def test_without_a_terminal_the_site_is_the_place(terminal: str | None) -> None:
    [row] = rows(Kind.SCAN_VERDICT, SCAN | {"facility_terminal": terminal})
    assert row["site"] == "BRSSZ"


def test_a_seizure_stands_under_its_day() -> None:
    [row] = rows(Kind.SEIZURE_REPORT, SEIZURE)
    assert (row["minute"], row["site"], row["kg"]) == (DAY, "NLRTM", 12.5)


@pytest.mark.parametrize("kg", [None, 0.0, -1.0, 50_001.0, float("nan")])
def test_kilos_that_cannot_be_are_none(kg: float | None) -> None:
    [row] = rows(Kind.SEIZURE_REPORT, SEIZURE | {"quantity_kg": kg})
    assert row["kg"] == 0.0


def test_a_correction_is_its_own_row_and_a_tombstone() -> None:
    own, tomb = rows(Kind.SCAN_VERDICT, SCAN | CORRECTION)
    assert (own["id"], own["retracted"]) == ("e1", 0)
    assert (tomb["minute"], tomb["site"], tomb["id"]) == (MINUTE - 120, "BRPNG", "e0")
    assert (tomb["retracted"], tomb["offset"]) == (1, 17)
    assert tomb["version"] == 2**63 + CHECKSUM % 2**22


def test_a_withdrawal_is_a_tombstone_alone() -> None:
    [tomb] = rows(Kind.SCAN_VERDICT, SCAN | CORRECTION | {"withdrawal": True})
    assert (tomb["id"], tomb["retracted"]) == ("e0", 1)


def test_an_itinerary_stands_under_its_container_in_order_of_recording() -> None:
    newer, older = (
        rows(Kind.ITINERARY, BASE | {"status": "PLANNED", "recorded_at": AT_MS + late})[0]
        for late in (1, 0)
    )
    since_2015 = AT - datetime(2015, 1, 1, tzinfo=UTC)
    assert older["version"] >> 22 == since_2015.total_seconds() * 1000
    assert newer["version"] > older["version"]
    assert (older["minute"], older["site"], older["id"]) == (0, "", "CSQU3054383")


def test_no_events_give_no_rows() -> None:
    frame = pl.DataFrame([SCAN], schema_overrides=TYPES).clear()
    assert expected(Kind.SCAN_VERDICT, TOPIC, frame).is_empty()
