SELECT
  time,
  nullIf(sumIf(scanned, NOT simulated), 0) AS "Scans",
  nullIf(sumIf(scanned, simulated), 0) AS "Scans (SYNTHETIC)",
  -- A rate divides like by like: real by real scans, simulated by simulated scans.
  1000 * sumIf(suspect, NOT simulated) / "Scans" AS "Suspects per 1,000 scans",
  1000 * sumIf(suspect, simulated) / "Scans (SYNTHETIC)" AS "Suspects per 1,000 scans (SYNTHETIC)",
  1000 * sumIf(finds, NOT simulated) / "Scans" AS "Finds by scan per 1,000 scans",
  1000 * sumIf(finds, simulated) / "Scans (SYNTHETIC)" AS "Finds by scan per 1,000 scans (SYNTHETIC)"
FROM (
  SELECT
    -- include _bucket
    ,
    provenance = 'SYNTHETIC' AS simulated,
    sum(scans) AS scanned,
    sum(suspects) AS suspect,
    0 AS finds
  FROM corridor_activity FINAL
  WHERE kind = 'scan-verdict'
    AND $__timeFilter(window_start)
    AND
    -- include _provenance_and_country
  GROUP BY time, simulated
  UNION ALL
  SELECT
    -- include _bucket
    ,
    provenance = 'SYNTHETIC' AS simulated,
    0 AS scanned,
    0 AS suspect,
    countIf(has(detection_methods, 'SCAN')) AS finds
  FROM
  -- include _dated_reports
  WHERE $__timeFilter(window_start)
    AND
    -- include _fits_bucket
    AND
    -- include _chosen
  GROUP BY time, simulated
)
GROUP BY time
-- Without the number of scans there is no rate to show.
HAVING sum(scanned) > 0
ORDER BY time
