"""A plain Faust agent doing ingest's job: decode, check digit, look-up, batched insert.

Written as a Faust user would write it well: raw values, fastavro, a dict of itineraries, batches
by `take`, one insert a batch. Run by `waterbed bench ingest --peer faust`; prints its rate.
"""

import io
import json
import os
import sys
import tempfile
import time
import uuid

import fastavro
import faust

from streams.contracts import schema
from streams.contracts.registry import Registry, subject_of
from streams.names import Kind, event_topic
from streams.settings import endpoints
from streams.store.client import connect

EVENTS = int(sys.argv[1])
TOPIC = event_topic("BR", Kind.SCAN_VERDICT)
COLUMNS = [
    "minute", "site", "event_id", "version", "retracted", "occurred_at", "recorded_at",
    "received_at", "country", "provenance", "container_number", "verdict", "score", "algorithm",
    "algorithm_version", "phase", "image_reference", "uff_reference", "uff_version", "origin",
    "transit", "destination", "mode", "direction", "flags",
]  # fmt: skip

where = endpoints()
client = connect(where)
client.command("CREATE TABLE IF NOT EXISTS peer_scan_verdicts AS scan_verdicts")
client.command("TRUNCATE TABLE peer_scan_verdicts")
routes = {
    number: (origin, transit, destination, mode)
    for number, origin, transit, destination, mode in client.query(
        "SELECT container_number, origin, arrayStringConcat(arraySlice(leg_to, 1, -1), '|'), "
        "destination, arrayStringConcat(leg_modes, '|') FROM itineraries FINAL"
    ).result_rows
}
written = {
    schema_id: fastavro.parse_schema(found)
    for schema_id, found in Registry(where.registry).writers(subject_of(TOPIC)).items()
}
reader = schema.load(Kind.SCAN_VERDICT)

VALUES = {str(d): d for d in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [v for v in range(10, 39) if v % 11], strict=True)
)
LENGTH = 11
WEIGHTS = [2**i for i in range(10)]

app = faust.App(
    f"peer-{uuid.uuid4().hex[:8]}",
    broker=f"kafka://{where.kafka}",
    value_serializer="raw",
    store="memory://",
    web_enabled=False,
    consumer_auto_offset_reset="earliest",
    topic_disable_leader=True,
    stream_buffer_maxsize=16_384,
    consumer_max_fetch_size=8 << 20,
    datadir=tempfile.mkdtemp(),
)
source = app.topic(TOPIC, value_serializer="raw")


def flag(number: str) -> int:
    """1 missing, 2 bad format, 4 bad check digit, 0 sound."""
    if not number:
        return 1
    if len(number) != LENGTH or not (number[:4].isalpha() and number[4:].isdigit()):
        return 2
    total = sum(VALUES[c] * w for c, w in zip(number[:10], WEIGHTS, strict=True))
    return 0 if total % 11 % 10 == int(number[10]) else 4


def row(value: bytes) -> list:
    """Decode one message and make its row."""
    stream = io.BytesIO(value)
    stream.seek(5)
    event = fastavro.schemaless_reader(stream, written[int.from_bytes(value[1:5], "big")], reader)
    number = event["container_number"] or ""
    occurred = event["occurred_at"]
    place, terminal = event["facility_locode"], event["facility_terminal"]
    return [
        occurred.replace(second=0, microsecond=0),
        f"{place}/{terminal}" if terminal else place,
        event["event_id"], 0, 0, occurred, event["recorded_at"], occurred, event["country"],
        event["provenance"], number, event["verdict"], event["score"] or 0.0, event["algorithm"],
        event["algorithm_version"], event["phase"], event["image_reference"] or "",
        event["uff_reference"] or "", event["uff_version"] or "",
        *routes.get(number, ("", "", "", "")),
        {"LOAD": "EXPORT", "DISCHARGE": "IMPORT"}.get(event["phase"], "UNKNOWN"),
        flag(number),
    ]  # fmt: skip


@app.agent(source, concurrency=1)
async def ingest(stream: faust.StreamT) -> None:
    """Insert batches until enough were taken, then print the rate and end."""
    done, first = 0, 0.0
    async for batch in stream.take(10_000, within=0.5):
        first = first or time.time()
        rows = [row(value) for value in batch]
        client.insert("peer_scan_verdicts", rows, column_names=COLUMNS)
        if not done:
            # The first batch waited for the partitions to be assigned: count from behind it.
            first, done = time.time(), 1
            continue
        done += len(rows)
        if done > EVENTS:
            print(
                json.dumps(
                    {"events": done - 1, "events_per_second": (done - 1) / (time.time() - first)}
                ),
                flush=True,
            )
            os._exit(0)


if __name__ == "__main__":
    worker = faust.Worker(app, loglevel="WARN", redirect_stdouts=False)
    worker.execute_from_commandline()
