WITH
  -- include _period
SELECT
  ref AS id,
  places.label AS title,
  any(places.latitude) AS latitude,
  any(places.longitude) AS longitude,
  sum(stopped) AS interceptions,
  toFloat64(sum(stopped_kilos)) AS kilos
FROM (
  SELECT
    arrayJoin(arrayDistinct([interception_place, origin, destination])) AS ref,
    if(ref = interception_place, seizures, 0) AS stopped,
    if(ref = interception_place, kilos, toDecimal64(0, 3)) AS stopped_kilos
  FROM corridor_activity FINAL
  WHERE kind = 'seizure-report'
    AND
    -- include _in_range
    AND
    -- include _chosen
    AND seizures > 0
) AS seen
INNER JOIN (SELECT * FROM places FINAL WHERE latitude IS NOT NULL) AS places ON places.ref = seen.ref
GROUP BY ref, title
ORDER BY interceptions DESC, id
