SELECT
  time,
  nullIf(sum(real), 0) AS "Scans",
  nullIf(sum(simulated), 0) AS "Scans (SYNTHETIC)",
  1000 * sum(suspect) / nullIf(sum(real) + sum(simulated), 0) AS "Suspects per 1,000 scans",
  1000 * sum(finds) / nullIf(sum(real) + sum(simulated), 0) AS "Seizures found by scan per 1,000 scans"
FROM (
  SELECT
    -- include _bucket
    ,
    sumIf(scans, provenance != 'SYNTHETIC') AS real,
    sumIf(scans, provenance = 'SYNTHETIC') AS simulated,
    sum(suspects) AS suspect,
    0 AS finds
  FROM corridor_activity FINAL
  WHERE kind = 'scan-verdict'
    AND $__timeFilter(window_start)
    AND
    -- include _provenance_and_country
  GROUP BY time
  UNION ALL
  SELECT
    -- include _bucket
    ,
    0 AS real, 0 AS simulated, 0 AS suspect,
    countIf(has(detection_methods, 'SCAN')) AS finds
  FROM
  -- include _dated_reports
  WHERE $__timeFilter(window_start)
    AND
    -- include _fits_bucket
    AND
    -- include _chosen
  GROUP BY time
)
GROUP BY time
-- Without the number of scans there is no rate to show.
HAVING sum(real) + sum(simulated) > 0
ORDER BY time
