WITH
  -- include _period
SELECT
  -- include _bucket
  ,
  nullIf(sumIf(seizures, provenance != 'SYNTHETIC'), 0) AS "Seizures",
  nullIf(sumIf(seizures, provenance = 'SYNTHETIC'), 0) AS "Seizures (SYNTHETIC)"
FROM corridor_activity FINAL
WHERE kind = 'seizure-report'
  AND
  -- include _in_range
  AND
  -- include _fits_bucket
  AND
  -- include _chosen
GROUP BY time
HAVING sum(seizures) > 0
ORDER BY time
