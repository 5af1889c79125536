-- Absolute sums of every corridor, place, direction, provenance, precision and day that the
-- touched windows belong to, emptied ones included. The sum of the revisions grows whenever any
-- window of the sum is computed again, so it orders two sums of the same key.
WITH touched AS (
  SELECT toDateTime(w.1, 'UTC') AS window_start, w.2 AS site, w.3 AS kind
  FROM (SELECT arrayJoin(arrayZip(%(starts)s, %(sites)s, %(kinds)s)) AS w))
SELECT
  toDate(window_start) AS day, date_precision, origin, destination, interception_place, direction, provenance,
  any(corridor) AS corridor, any(country_corridor) AS country_corridor,
  sum(scans) AS scans, sum(suspects) AS suspects, sum(inconclusive) AS inconclusive,
  sum(camera_events) AS camera_events, sum(seizures) AS seizures, sum(kilos) AS kilos,
  sum(revision) AS revision
FROM corridor_activity FINAL
WHERE toDate(window_start) IN %(days)s
  AND (toDate(window_start), date_precision, origin, destination, interception_place, direction, provenance) IN (
    SELECT toDate(window_start), date_precision, origin, destination, interception_place, direction, provenance
    FROM corridor_activity
    WHERE (window_start, site, kind) IN (SELECT window_start, site, kind FROM touched))
GROUP BY day, date_precision, origin, destination, interception_place, direction, provenance
ORDER BY ALL
