-- Sums of the windows over longer periods. A date known to the month counts in monthly and yearly
-- sums, one known to the year in yearly sums only, an unknown one in none: none is ever a day.
CREATE VIEW IF NOT EXISTS activity_hourly AS
SELECT
  toStartOfHour(window_start) AS period,
  kind, corridor, country_corridor, origin, origin_country, transit, destination,
  destination_country, interception_place, interception_country, direction, verdict, commodity,
  provenance, synthetic,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos
FROM corridor_activity FINAL
WHERE kind != 'seizure-report' AND date_precision = 'MINUTE'
GROUP BY ALL;

CREATE VIEW IF NOT EXISTS activity_daily AS
SELECT
  toDate(window_start) AS period,
  kind, corridor, country_corridor, origin, origin_country, transit, destination,
  destination_country, interception_place, interception_country, direction, verdict, commodity,
  provenance, synthetic,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos
FROM corridor_activity FINAL
WHERE date_precision IN ('MINUTE', 'DAY')
GROUP BY ALL;

CREATE VIEW IF NOT EXISTS activity_weekly AS
SELECT
  toMonday(window_start) AS period,
  kind, corridor, country_corridor, origin, origin_country, transit, destination,
  destination_country, interception_place, interception_country, direction, verdict, commodity,
  provenance, synthetic,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos
FROM corridor_activity FINAL
WHERE date_precision IN ('MINUTE', 'DAY')
GROUP BY ALL;

CREATE VIEW IF NOT EXISTS activity_monthly AS
SELECT
  toStartOfMonth(window_start) AS period,
  kind, corridor, country_corridor, origin, origin_country, transit, destination,
  destination_country, interception_place, interception_country, direction, verdict, commodity,
  provenance, synthetic,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos
FROM corridor_activity FINAL
WHERE date_precision IN ('MINUTE', 'DAY', 'MONTH')
GROUP BY ALL;

CREATE VIEW IF NOT EXISTS activity_yearly AS
SELECT
  toStartOfYear(window_start) AS period,
  kind, corridor, country_corridor, origin, origin_country, transit, destination,
  destination_country, interception_place, interception_country, direction, verdict, commodity,
  provenance, synthetic,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos
FROM corridor_activity FINAL
WHERE date_precision IN ('MINUTE', 'DAY', 'MONTH', 'YEAR')
GROUP BY ALL;
