"""A plain Faust agent doing ingest's job: raw values, batches by `take`, one insert a batch."""

import os
import sys
import tempfile
import uuid

import faust
from job import BATCH, TOPIC, Job

job = Job(int(sys.argv[1]))
app = faust.App(
    f"peer-{uuid.uuid4().hex[:8]}",
    broker=f"kafka://{os.environ['WATERBED_KAFKA']}",
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


@app.agent(source, concurrency=1)
async def ingest(stream: faust.StreamT) -> None:
    """Insert batches until enough were taken."""
    async for batch in stream.take(BATCH, within=0.5):
        job.insert([job.row(value) for value in batch])


if __name__ == "__main__":
    worker = faust.Worker(app, loglevel="WARN", redirect_stdouts=False)
    worker.execute_from_commandline()
