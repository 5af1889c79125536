SELECT nullIf(sum(scans), 0) AS "Scans"
FROM corridor_activity FINAL
WHERE kind = 'scan-verdict'
  AND $__timeFilter(window_start)
  AND
  -- include _provenance_and_country
