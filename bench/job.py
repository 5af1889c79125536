"""The job that every peer does: decode, check digit, look-up of the itinerary, batched insert.

Written as a user of such a library would write it well, a row at a time: fastavro, a dict of
itineraries, one insert a batch. Needs fastavro and clickhouse-connect only, since peers run in
environments of their own.
"""

import io
import json
import os
import time
from pathlib import Path
from typing import Any

import clickhouse_connect
import fastavro

TOPIC = "customs.br.scan-verdict.v1"
TABLE = "peer_scan_verdicts"
BATCH = 10_000

COLUMNS = [
    "minute", "site", "event_id", "version", "retracted", "occurred_at", "recorded_at",
    "received_at", "country", "provenance", "container_number", "verdict", "score", "algorithm",
    "algorithm_version", "phase", "image_reference", "uff_reference", "uff_version", "origin",
    "transit", "destination", "mode", "direction", "flags",
]  # fmt: skip

_ROUTES = """
SELECT container_number, origin, arrayStringConcat(arraySlice(leg_to, 1, -1), '|'), destination,
       arrayStringConcat(leg_modes, '|')
FROM itineraries FINAL
"""

_FRAME = 5
_LENGTH = 11
_VALUES = {str(d): d for d in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [v for v in range(10, 39) if v % 11], strict=True)
)
_WEIGHTS = [2**i for i in range(10)]
_DIRECTIONS = {"LOAD": "EXPORT", "DISCHARGE": "IMPORT"}


class Job:
    """What a peer's program calls for each message and each batch."""

    def __init__(self, events: int) -> None:
        """Make ready to handle so many events; addresses come from the environment."""
        self._events = events
        self._done, self._first = 0, 0.0
        self._client = clickhouse_connect.get_client(
            dsn=os.environ["WATERBED_CLICKHOUSE"],
            database=os.environ["WATERBED_DATABASE"],
            compress=False,
            autogenerate_session_id=False,
        )
        self._client.command(f"CREATE TABLE IF NOT EXISTS {TABLE} AS scan_verdicts")
        self._client.command(f"TRUNCATE TABLE {TABLE}")
        self._routes = {row[0]: row[1:] for row in self._client.query(_ROUTES).result_rows}
        written = Path(__file__).parents[1] / "schemas" / "scan-verdict.avsc"
        self._schema = fastavro.parse_schema(json.loads(written.read_text()))

    def row(self, value: bytes) -> list[Any]:
        """Decode one message and make its row."""
        stream = io.BytesIO(value)
        stream.seek(_FRAME)
        event = fastavro.schemaless_reader(stream, self._schema)
        number = event["container_number"] or ""
        occurred = event["occurred_at"]
        place, terminal = event["facility_locode"], event["facility_terminal"]
        return [
            occurred.replace(second=0, microsecond=0),
            f"{place}/{terminal}" if terminal else place,
            event["event_id"], 0, 0, occurred, event["recorded_at"], occurred, event["country"],
            event["provenance"], number, event["verdict"], event["score"] or 0.0,
            event["algorithm"], event["algorithm_version"], event["phase"],
            event["image_reference"] or "", event["uff_reference"] or "",
            event["uff_version"] or "", *self._routes.get(number, ("", "", "", "")),
            _DIRECTIONS.get(event["phase"], "UNKNOWN"), flag(number),
        ]  # fmt: skip

    def insert(self, rows: list[list[Any]]) -> None:
        """Insert a batch; once enough are done, print the rate and end the process."""
        self._first = self._first or time.time()
        self._client.insert(TABLE, rows, column_names=COLUMNS)
        if not self._done:
            # The first batch waited for the partitions to be assigned: count from behind it.
            self._first, self._done = time.time(), 1
            return
        self._done += len(rows)
        if self._done > self._events:
            rate = (self._done - 1) / (time.time() - self._first)
            print(json.dumps({"events": self._done - 1, "events_per_second": rate}), flush=True)
            os._exit(0)


def flag(number: str) -> int:
    """1 missing, 2 bad format, 4 bad check digit, 0 sound."""
    if not number:
        return 1
    if len(number) != _LENGTH or not (number[:4].isalpha() and number[4:].isdigit()):
        return 2
    total = sum(_VALUES[c] * w for c, w in zip(number[:10], _WEIGHTS, strict=True))
    return 0 if total % 11 % 10 == int(number[10]) else 4
