"""How the pipeline is: what waits in Kafka, what is in ClickHouse, how old the aggregates are."""

from streams.status.read import Aggregates, Status, status
from streams.status.tables import Tables

__all__ = ["Aggregates", "Status", "Tables", "status"]
