"""Where the services are: read once from the environment or the local stack, then passed on."""

import os
from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.errors import StopError

#: The file a running local stack leaves in its home; JSON with the fields of `Endpoints`.
STACK_FILE: Final = "stack.json"


class Home(BaseSettings):
    """The folder where the local stack keeps its data, logs and addresses."""

    model_config = SettingsConfigDict(env_prefix="WATERBED_")

    home: Path = Field(default=Path(".waterbed"), description="folder of the local stack")


class Endpoints(BaseSettings):
    """Addresses of the three services. Environment names: `WATERBED_` and the field's name."""

    model_config = SettingsConfigDict(env_prefix="WATERBED_", frozen=True)

    kafka: str = Field(description="bootstrap servers, host:port")
    registry: str = Field(description="schema registry, Confluent API, http://host:port/path")
    clickhouse: str = Field(description="ClickHouse HTTP interface, http://host:port")
    database: str = Field(default="waterbed", description="ClickHouse database")


def endpoints(home: Path | None = None) -> Endpoints:
    """Give the addresses: the environment's where set, else those of the stack in `home`.

    Raises StopError when neither says where the services are.
    """
    stack_file = (home or Home().home) / STACK_FILE
    if stack_file.is_file():
        return _with_environment(Endpoints.model_validate_json(stack_file.read_bytes()))
    try:
        return Endpoints()  # type: ignore[call-arg]  # filled from the environment
    except ValueError as missing:
        raise StopError(
            f"No local stack in {stack_file.parent} and no WATERBED_KAFKA, WATERBED_REGISTRY, "
            "WATERBED_CLICKHOUSE in the environment. Start one with: waterbed local up"
        ) from missing


def _with_environment(from_file: Endpoints) -> Endpoints:

    named = {f: os.environ.get(f"WATERBED_{f.upper()}") for f in Endpoints.model_fields}
    return from_file.model_copy(update={f: value for f, value in named.items() if value})
