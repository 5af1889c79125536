"""The stack's ports: as asked, else as at the last start, else free ones."""

import random
import socket
from collections.abc import Callable
from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.errors import StopError

#: Below the range from which kernels take ports of outgoing connections, so none is lost to one.
CANDIDATES: Final = range(20_000, 32_000)
LOOPBACK: Final = "127.0.0.1"


class Ports(BaseSettings):
    """Ports on loopback; 0 means any free one. Environment: `WATERBED_KAFKA_PORT` and so on."""

    model_config = SettingsConfigDict(env_prefix="WATERBED_", frozen=True)

    kafka_port: int = Field(default=0, ge=0, le=65535, description="Kafka for clients")
    controller_port: int = Field(default=0, ge=0, le=65535, description="Kafka's own quorum")
    registry_port: int = Field(default=0, ge=0, le=65535, description="schema registry")
    management_port: int = Field(default=0, ge=0, le=65535, description="registry's health pages")
    clickhouse_port: int = Field(default=0, ge=0, le=65535, description="ClickHouse HTTP")


def is_free(port: int) -> bool:
    """Say whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(
    asked: Ports, last: Ports, kept: set[str], free: Callable[[int], bool] = is_free
) -> Ports:
    """Settle every port.

    `kept` names the fields whose part runs already: these stay at the last start's port.
    Raises StopError when a port asked for is taken by another program, or differs from the one
    that a running part holds.
    """
    settled: dict[str, int] = {}
    for field in Ports.model_fields:
        want, had = getattr(asked, field), getattr(last, field)
        settled[field] = (
            _of_running(field, want, had)
            if field in kept
            else _of_stopped(field, want, had, set(settled.values()), free)
        )
    return Ports.model_validate(settled)


def _of_running(field: str, want: int, had: int) -> int:
    if want not in (0, had):
        raise StopError(
            f"{field} {want} was asked for, but the running part holds {had}. "
            "Stop the stack first: waterbed local down"
        )
    return had


def _of_stopped(
    field: str, want: int, had: int, taken: set[int], free: Callable[[int], bool]
) -> int:
    if want:
        if not free(want) or want in taken:
            raise StopError(f"{field} {want} is taken. Give another, or 0 for any free one")
        return want
    if had and had not in taken and free(had):
        return had
    tries = random.SystemRandom().sample(CANDIDATES, len(CANDIDATES))
    return next(port for port in tries if port not in taken and free(port))
