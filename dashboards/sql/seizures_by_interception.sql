WITH
  -- include _period
SELECT
  if(places.label = '', seen.ref, places.label) AS "Stopped at",
  nullIf(sumIf(seizures, NOT simulated), 0) AS "Seizures",
  nullIf(sumIf(seizures, simulated), 0) AS "Seizures (SYNTHETIC)"
FROM (
  SELECT interception_place AS ref, provenance = 'SYNTHETIC' AS simulated, sum(seizures) AS seizures
  FROM corridor_activity FINAL
  WHERE kind = 'seizure-report'
    AND
    -- include _in_range
    AND
    -- include _chosen
  GROUP BY ref, simulated
) AS seen
LEFT JOIN (SELECT * FROM places FINAL) AS places ON places.ref = seen.ref
GROUP BY "Stopped at"
HAVING sum(seizures) > 0
ORDER BY sum(seizures) DESC, "Stopped at"
LIMIT 15
