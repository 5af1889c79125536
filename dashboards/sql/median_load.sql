WITH
  -- include _period
SELECT if(count() = 0, NULL, quantileExactInclusive(0.5)(toFloat64(quantity_kg))) AS "Median load"
FROM
-- include _dated_reports
WHERE quantity_known
  AND
  -- include _in_range
  AND
  -- include _chosen
