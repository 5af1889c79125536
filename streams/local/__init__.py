"""The embedded stack: Kafka, schema registry and ClickHouse over HTTP, on loopback only."""
