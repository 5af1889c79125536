"""Settings of ingest, each with its environment name `WATERBED_INGEST_<NAME>`."""

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.names import INGEST_GROUP


class IngestSettings(BaseSettings):
    """Limits of a batch and of its handling."""

    model_config = SettingsConfigDict(env_prefix="WATERBED_INGEST_", frozen=True)

    group: str = Field(default=INGEST_GROUP, description="consumer group")
    batch_rows: int = Field(default=64_000, ge=1, description="most messages in a batch")
    batch_bytes: int = Field(default=64 << 20, ge=1 << 10, description="most bytes in a batch")
    batch_seconds: float = Field(
        default=0.5, gt=0, description="oldest a batch may get before it lands"
    )
    max_poll_seconds: float = Field(
        default=300, description="longest pause before the group goes on alone"
    )
    insert_seconds: float = Field(default=120, description="longest a ClickHouse insert may take")
    fetch_megabytes: int = Field(
        default=32, ge=1, description="most memory for messages fetched ahead"
    )

    @model_validator(mode="after")
    def _exact(self) -> "IngestSettings":
        if self.insert_seconds >= self.max_poll_seconds:
            raise ValueError(
                "insert_seconds must be below max_poll_seconds: an insert that outlives the "
                "group's patience is repeated by another worker"
            )
        return self
