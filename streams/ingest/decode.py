"""Step 2, decode: a decoder for each topic, and checksums of the messages."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl
from confluent_kafka import Message

from streams.contracts import schema
from streams.contracts.columns import ROW
from streams.contracts.decode import Decoded, Decoder
from streams.contracts.registry import Registry, Writers, subject_of
from streams.names import event_topics
from streams.settings import Endpoints

_TIME: Final = itemgetter(1)


def decoders(endpoints: Endpoints) -> dict[str, Decoder]:
    """Make a decoder for every event topic; schemas are fetched when first needed."""
    registry = Registry(endpoints.registry)
    return {
        topic: Decoder(schema.load(kind), Writers(registry, subject_of(topic)))
        for topic, (_, kind) in event_topics().items()
    }


def checksums(values: Sequence[bytes | None]) -> npt.NDArray[np.uint32]:
    """CRC-32 of each value: of two contents under one id the same one wins for ever."""
    present = (value or b"" for value in values) if None in values else values
    return np.fromiter(map(crc32, present), np.uint32, len(values))  # type: ignore[arg-type]  # no None left


def decoded(decoder: Decoder, messages: Sequence[Message]) -> Decoded:
    """Decode messages of one topic.

    The frame has the schema's columns and where each event came from: partition, offset,
    received_at (the broker's time, int64 ms), checksum. Raises RetryError if the registry is needed
    and away.
    """
    n = len(messages)
    # map over methods: half the time of a generator, on every single message
    values = list(map(Message.value, messages))
    result = decoder.decode(values)
    origin: dict[str, npt.NDArray[np.generic]] = {
        "partition": np.fromiter(map(Message.partition, messages), np.int32, n),
        "offset": np.fromiter(map(Message.offset, messages), np.int64, n),
        "received_at": np.fromiter(map(_TIME, map(Message.timestamp, messages)), np.int64, n),
        "checksum": checksums(values),
    }
    rows = result.frame[ROW].to_numpy()
    columns = [pl.Series(name, column[rows]) for name, column in origin.items()]
    return Decoded(result.frame.hstack(columns), result.bad)
