"""Bodies that are no events any more. Every result is proven not to decode."""

import io
import random
from collections.abc import Callable
from typing import Any, Final

import fastavro

from streams.simulate.sent import Fault, Framing, Spoiled

#: A damage that still decodes is drawn again; after so many times the body is cut instead.
TRIES: Final = 32

#: Dead-letter reasons that fit a body that does not decode.
UNREADABLE: Final = ("UNDECODABLE", "TRAILING_BYTES")


def spoil(
    fault: Fault, body: bytes, schema: dict[str, Any], rng: random.Random
) -> tuple[Spoiled, tuple[str, ...]]:
    """Give the bytes to send and the dead-letter reasons that fit them.

    body: Avro encoding of the event by `schema` (parsed), at least two bytes.
    """
    match fault:
        case Fault.EMPTY:
            return Spoiled(b"", Framing.NONE), ("EMPTY",)
        case Fault.UNKNOWN_SCHEMA:
            return Spoiled(body, Framing.UNKNOWN), ("UNKNOWN_SCHEMA",)
        case Fault.RANDOM if rng.random() < 0.5:  # noqa: PLR2004  # half of them
            # A first byte other than 00 is no frame.
            return Spoiled(b"\xff" + rng.randbytes(rng.randrange(200)), Framing.NONE), ("NO_FRAME",)
        case Fault.RANDOM:
            return _broken(lambda: rng.randbytes(rng.randrange(1, 200)), body, schema, rng)
        case Fault.BIT_FLIPPED:
            return _broken(lambda: _flipped(body, rng), body, schema, rng)
        case _:
            return _broken(lambda: _cut(body, rng), body, schema, rng)


def decodes(body: bytes, schema: dict[str, Any]) -> bool:
    """Tell whether the bytes are exactly one record of the schema."""
    file = io.BytesIO(body)
    try:
        fastavro.schemaless_reader(file, schema, None)
    except Exception:  # noqa: BLE001  # fastavro raises whatever its reading ran into
        return False
    return not file.read(1)


def _broken(
    damage: Callable[[], bytes], body: bytes, schema: dict[str, Any], rng: random.Random
) -> tuple[Spoiled, tuple[str, ...]]:
    damaged = (damage() for _ in range(TRIES))
    found = next((d for d in damaged if not decodes(d, schema)), None)
    return Spoiled(_cut(body, rng) if found is None else found, Framing.OWN), UNREADABLE


def _flipped(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ 1 << rng.randrange(8)]) + body[at + 1 :]


def _cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(1, len(body))]
