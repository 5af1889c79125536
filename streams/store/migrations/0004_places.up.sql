-- Names and positions of everything a place reference may say; filled by streams.store.reference.
CREATE TABLE IF NOT EXISTS places (
  ref String COMMENT 'place reference as in events; the empty string is unknown',
  label String COMMENT 'name to show: Santos (BRSSZ)',
  level LowCardinality(String) COMMENT 'port, country, region, unknown',
  country LowCardinality(String),
  kind LowCardinality(String) COMMENT 'of ports: seaport, river_port, airport, inland',
  latitude Nullable(Float64) COMMENT 'degrees WGS84; of a country: the middle of its largest part',
  longitude Nullable(Float64),
  loaded_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(loaded_at)
ORDER BY ref;
