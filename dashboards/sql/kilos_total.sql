WITH
  -- include _period
SELECT if(sum(seizures) = 0, 0, nullIf(toFloat64(sum(kilos)), 0)) AS "Kilos"
FROM corridor_activity FINAL
WHERE kind = 'seizure-report'
  AND
  -- include _in_range
  AND
  -- include _chosen
