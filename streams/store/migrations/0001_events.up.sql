CREATE TABLE IF NOT EXISTS scan_verdicts (
  -- The key: never changes, whatever becomes known later. A touched window is its prefix.
  minute DateTime('UTC'),
  site LowCardinality(String),
  event_id String,
  -- Orders knowledge, not arrival: original < routed by a newer itinerary < retracted.
  version UInt64,
  retracted UInt8,
  occurred_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  country LowCardinality(String),
  provenance LowCardinality(String),
  container_number String,
  verdict LowCardinality(String),
  score Float32 COMMENT 'nan: not stated',
  algorithm LowCardinality(String),
  algorithm_version LowCardinality(String),
  phase LowCardinality(String),
  image_reference String,
  uff_reference String,
  uff_version LowCardinality(String),
  -- The route, as far as known: '' is unknown. corridor_activity says how it is read.
  origin LowCardinality(String),
  transit LowCardinality(String) COMMENT 'places passed in order, joined by |',
  destination LowCardinality(String) COMMENT 'intended, reached or not',
  mode LowCardinality(String) COMMENT 'modes of the legs in order, joined by |',
  direction LowCardinality(String),
  leg UInt8 COMMENT '1 for the first leg, 0 unknown',
  distance_nm Float32 COMMENT 'nautical miles from the origin to here, nan unknown',
  route_nm Float32 COMMENT 'nautical miles of the whole route, nan unknown',
  days_under_way Float32 COMMENT 'days since loading, nan unknown',
  itinerary_recorded_at DateTime64(3, 'UTC') COMMENT '1970: no itinerary known',
  flags UInt32 COMMENT 'bits of streams.contracts.flags.Flag',
  topic LowCardinality(String),
  partition Int32,
  offset Int64,
  INDEX by_container container_number TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, retracted)
PARTITION BY toYYYYMMDD(minute)
ORDER BY (minute, site, event_id)
-- A file a column, at 33 columns, costs an insert half its time; reads gain by it only when large.
SETTINGS min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS camera_events (
  -- The key: never changes, whatever becomes known later. A touched window is its prefix.
  minute DateTime('UTC'),
  site LowCardinality(String),
  event_id String,
  -- Orders knowledge, not arrival: original < routed by a newer itinerary < retracted.
  version UInt64,
  retracted UInt8,
  occurred_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  country LowCardinality(String),
  provenance LowCardinality(String),
  container_number String,
  camera_id LowCardinality(String),
  purpose LowCardinality(String),
  camera_plan_year Int32,
  observation LowCardinality(String),
  actor_role LowCardinality(String),
  -- The route, as far as known: '' is unknown. corridor_activity says how it is read.
  origin LowCardinality(String),
  transit LowCardinality(String) COMMENT 'places passed in order, joined by |',
  destination LowCardinality(String) COMMENT 'intended, reached or not',
  mode LowCardinality(String) COMMENT 'modes of the legs in order, joined by |',
  direction LowCardinality(String),
  leg UInt8 COMMENT '1 for the first leg, 0 unknown',
  distance_nm Float32 COMMENT 'nautical miles from the origin to here, nan unknown',
  route_nm Float32 COMMENT 'nautical miles of the whole route, nan unknown',
  days_under_way Float32 COMMENT 'days since loading, nan unknown',
  itinerary_recorded_at DateTime64(3, 'UTC') COMMENT '1970: no itinerary known',
  flags UInt32 COMMENT 'bits of streams.contracts.flags.Flag',
  topic LowCardinality(String),
  partition Int32,
  offset Int64,
  INDEX by_container container_number TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, retracted)
PARTITION BY toYYYYMMDD(minute)
ORDER BY (minute, site, event_id)
-- A file a column, at 33 columns, costs an insert half its time; reads gain by it only when large.
SETTINGS min_bytes_for_wide_part = 268435456;

-- Opaque references only, apart from the events, for 28 days at most unless on hold.
CREATE TABLE IF NOT EXISTS camera_images (
  event_id String,
  site LowCardinality(String),
  camera_id LowCardinality(String),
  image_reference String,
  captured_at DateTime64(3, 'UTC'),
  retain_until DateTime('UTC'),
  hold UInt8
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(retain_until)
ORDER BY (site, event_id)
TTL retain_until DELETE WHERE hold = 0
SETTINGS merge_with_ttl_timeout = 3600;

CREATE TABLE IF NOT EXISTS seizure_reports (
  -- The key: never changes, whatever becomes known later. A touched window is its prefix.
  minute DateTime('UTC'),
  site LowCardinality(String),
  event_id String,
  -- Orders knowledge, not arrival: original < routed by a newer itinerary < retracted.
  version UInt64,
  retracted UInt8,
  occurred_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  country LowCardinality(String),
  provenance LowCardinality(String),
  date_precision LowCardinality(String),
  interception_place LowCardinality(String),
  interception_terminal String,
  status LowCardinality(String),
  destination_candidates String COMMENT 'JSON: place, weight, basis',
  transport_mode LowCardinality(String),
  container_number String,
  vessel String,
  commodity LowCardinality(String),
  hs_code LowCardinality(String),
  hs_edition LowCardinality(String),
  quantity Float64 COMMENT 'as reported, in unit',
  unit LowCardinality(String),
  quantity_kg Decimal(18, 3) COMMENT '0 where quantity_known is 0',
  quantity_known UInt8,
  concealment String,
  cover_load String,
  detection_methods Array(LowCardinality(String)),
  national_reference String,
  source_title String,
  source_url String,
  source_published LowCardinality(String),
  notes String,
  -- The route, as far as known: '' is unknown. corridor_activity says how it is read.
  origin LowCardinality(String),
  transit LowCardinality(String) COMMENT 'places passed in order, joined by |',
  destination LowCardinality(String) COMMENT 'intended, reached or not',
  mode LowCardinality(String) COMMENT 'modes of the legs in order, joined by |',
  direction LowCardinality(String),
  route_basis LowCardinality(String) COMMENT 'REPORT, ITINERARY or NONE',
  itinerary_recorded_at DateTime64(3, 'UTC') COMMENT '1970: no itinerary known',
  flags UInt32 COMMENT 'bits of streams.contracts.flags.Flag',
  topic LowCardinality(String),
  partition Int32,
  offset Int64,
  INDEX by_container container_number TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, retracted)
PARTITION BY toYear(minute)
ORDER BY (minute, site, event_id)
-- A file a column, at 33 columns, costs an insert half its time; reads gain by it only when large.
SETTINGS min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS itineraries (
  container_number String,
  version UInt64,
  withdrawn UInt8,
  event_id String,
  occurred_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  country LowCardinality(String),
  provenance LowCardinality(String),
  status LowCardinality(String),
  origin LowCardinality(String),
  destination LowCardinality(String),
  leg_modes Array(LowCardinality(String)),
  leg_from Array(LowCardinality(String)),
  leg_to Array(LowCardinality(String)),
  leg_vessels Array(LowCardinality(String)),
  leg_departures Array(DateTime64(3, 'UTC')) COMMENT 'actual, else planned; 1970 unknown',
  leg_arrivals Array(DateTime64(3, 'UTC')),
  leg_departed Array(UInt8) COMMENT '1 where the departure is actual',
  leg_arrived Array(UInt8),
  cover_load String,
  flags UInt32,
  topic LowCardinality(String),
  partition Int32,
  offset Int64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY container_number;

-- What was set apart, without its bytes: those are on the partner's dead-letter topic.
CREATE TABLE IF NOT EXISTS dead_letters (
  topic LowCardinality(String),
  partition Int32,
  offset Int64,
  received_at DateTime64(3, 'UTC'),
  partner LowCardinality(String),
  kind LowCardinality(String),
  reason LowCardinality(String),
  detail String,
  schema_id Int32 COMMENT '-1: no frame'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset);
