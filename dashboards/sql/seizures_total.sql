WITH
  -- include _period
SELECT sum(seizures) AS "Seizures"
FROM corridor_activity FINAL
WHERE kind = 'seizure-report'
  AND
  -- include _in_range
  AND
  -- include _chosen
