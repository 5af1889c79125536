WITH
  -- include _period
SELECT
  if(places.label = '', seen.ref, places.label) AS "Intended destination",
  nullIf(sumIf(seizures, NOT simulated), 0) AS "Seizures",
  nullIf(sumIf(seizures, simulated), 0) AS "Seizures (SYNTHETIC)"
FROM (
  SELECT destination AS ref, provenance = 'SYNTHETIC' AS simulated, sum(seizures) AS seizures
  FROM corridor_activity FINAL
  WHERE kind = 'seizure-report'
    AND
    -- include _in_range
    AND
    -- include _chosen
  GROUP BY ref, simulated
) AS seen
LEFT JOIN (SELECT * FROM places FINAL) AS places ON places.ref = seen.ref
GROUP BY "Intended destination"
HAVING sum(seizures) > 0
ORDER BY sum(seizures) DESC, "Intended destination"
LIMIT 15
