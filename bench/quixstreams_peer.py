"""Quix Streams doing ingest's job: a dataframe of raw values into a batching sink."""

import os
import sys
import uuid

from job import BATCH, TOPIC, Job
from quixstreams import Application
from quixstreams.sinks import BatchingSink, SinkBatch

job = Job(int(sys.argv[1]))


class Inserts(BatchingSink):
    """One insert for each checkpoint."""

    def write(self, batch: SinkBatch) -> None:
        """Insert the rows of a checkpoint."""
        job.insert([item.value for item in batch])


app = Application(
    broker_address=os.environ["WATERBED_KAFKA"],
    consumer_group=f"peer-{uuid.uuid4().hex[:8]}",
    auto_offset_reset="earliest",
    commit_every=BATCH,
    commit_interval=5,
    loglevel="WARNING",
)
source = app.topic(TOPIC, value_deserializer="bytes", key_deserializer="bytes")
app.dataframe(source).apply(job.row).sink(Inserts())

if __name__ == "__main__":
    app.run()
