"""The audit's own database: what the messages say, ready to be compared with the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

import polars as pl
import pyarrow as pa

from streams.store.client import Client

_EXPECTED: Final = """
CREATE TABLE {database}.expected (
  kind LowCardinality(String),
  minute Int64 COMMENT 'seconds since 1970',
  site LowCardinality(String),
  id String,
  retracted UInt8,
  version UInt64 COMMENT 'the lowest that the row can have',
  topic LowCardinality(String),
  partition Int32,
  offset Int64,
  occurred Int64,
  container String,
  said LowCardinality(String),
  kg Float64
)
ENGINE = MergeTree ORDER BY (kind, minute)
"""

#: Offsets that were read from compacted topics: there, and only there, others may be gone.
_HELD: Final = """
CREATE TABLE {database}.held (topic LowCardinality(String), partition Int32, offset Int64)
ENGINE = MergeTree ORDER BY (topic, partition, offset)
"""

#: Offsets that were set apart.
_DEAD: Final = """
CREATE TABLE {database}.dead (topic LowCardinality(String), partition Int32, offset Int64)
ENGINE = MergeTree ORDER BY (topic, partition, offset)
"""

#: Offsets that are judged: from `start` to below `stop`.
_STRETCHES: Final = """
CREATE TABLE {database}.stretches (
  topic LowCardinality(String), partition Int32, start Int64, stop Int64, compacted UInt8
)
ENGINE = MergeTree ORDER BY (topic, partition)
"""


@contextmanager
def scratch(client: Client) -> Iterator[str]:
    """Make the database, give its name, and drop it whatever happens."""
    name = f"audit_{uuid4().hex[:12]}"
    client.command(f"CREATE DATABASE {name} ENGINE = Atomic")
    try:
        for table in (_EXPECTED, _HELD, _DEAD, _STRETCHES):
            client.command(table.format(database=name))
        yield name
    finally:
        client.command(f"DROP DATABASE IF EXISTS {name} SYNC")


def insert(client: Client, database: str, table: str, rows: pl.DataFrame) -> None:
    """Add rows to one of the tables; an empty frame adds nothing."""
    if len(rows):
        arrow: pa.Table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        client.insert_arrow(table, arrow, database=database)
