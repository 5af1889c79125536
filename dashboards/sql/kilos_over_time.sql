WITH
  -- include _period
SELECT
  -- include _bucket
  ,
  nullIf(toFloat64(sumIf(kilos, provenance != 'SYNTHETIC')), 0) AS "Kilos",
  nullIf(toFloat64(sumIf(kilos, provenance = 'SYNTHETIC')), 0) AS "Kilos (SYNTHETIC)"
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
