-- Absolute sums of one window; a newer revision replaces an older one, an emptied group is zeros.
CREATE TABLE IF NOT EXISTS corridor_activity (
  kind LowCardinality(String),
  window_start DateTime('UTC') COMMENT 'minute; day for seizure reports',
  site LowCardinality(String),
  date_precision LowCardinality(String) COMMENT 'MINUTE, DAY, MONTH, YEAR',
  interception_place LowCardinality(String) COMMENT 'where it was scanned, seen or stopped',
  origin LowCardinality(String),
  transit LowCardinality(String),
  destination LowCardinality(String) COMMENT 'intended, reached or not',
  direction LowCardinality(String),
  verdict LowCardinality(String) COMMENT 'scans only',
  commodity LowCardinality(String) COMMENT 'seizures only',
  provenance LowCardinality(String),
  scans Int64,
  suspects Int64,
  inconclusive Int64,
  camera_events Int64,
  seizures Int64,
  kilos Decimal(18, 3),
  revision UInt64,
  computed_at DateTime64(3, 'UTC') DEFAULT now64(3),
  corridor String ALIAS concat(if(origin = '', '?', origin), '>', if(destination = '', '?', destination)),
  origin_country String ALIAS if(startsWith(origin, 'region:'), origin, substring(origin, 1, 2)),
  destination_country String ALIAS if(startsWith(destination, 'region:'), destination, substring(destination, 1, 2)),
  interception_country String ALIAS if(startsWith(interception_place, 'region:'), interception_place, substring(interception_place, 1, 2)),
  country_corridor String ALIAS concat(if(origin = '', '?', origin_country), '>', if(destination = '', '?', destination_country)),
  synthetic UInt8 ALIAS provenance = 'SYNTHETIC'
)
ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, site, kind, date_precision, interception_place, origin, transit, destination,
          direction, verdict, commodity, provenance);
