"""Bytewax doing ingest's job: a Kafka source, a map, and a sink that inserts batches."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import cluster_main
from confluent_kafka import OFFSET_BEGINNING
from job import BATCH, TOPIC, Job

job = Job(int(sys.argv[1]))


class _Inserts(StatelessSinkPartition):
    """Collects rows and inserts them a batch at a time."""

    def __init__(self) -> None:
        self._rows: list[Any] = []

    def write_batch(self, items: list[Any]) -> None:
        """Take rows; insert when there are enough."""
        self._rows += items
        if len(self._rows) >= BATCH:
            job.insert(self._rows)
            self._rows = []


class Inserts(DynamicSink):
    """A sink for each worker."""

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Inserts:
        """Make the sink of one worker."""
        return _Inserts()


def rows(messages: list[Any]) -> Iterator[list[Any]]:
    """Rows of a batch of messages."""
    return (job.row(message.value) for message in messages)


flow = Dataflow("peer")
brokers = [os.environ["WATERBED_KAFKA"]]
source = KafkaSource(brokers, [TOPIC], starting_offset=OFFSET_BEGINNING, batch_size=BATCH)
stream = op.input("kafka", flow, source)
op.output("clickhouse", op.flat_map_batch("row", stream, rows), Inserts())

if __name__ == "__main__":
    cluster_main(flow, [], 0)
