"""ClickHouse: migrations, inserts, queries."""
