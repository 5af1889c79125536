SELECT if(sum(scans) = 0, NULL, 1000 * sum(suspects) / sum(scans)) AS "Suspect scans per 1,000"
FROM corridor_activity FINAL
WHERE kind = 'scan-verdict'
  AND $__timeFilter(window_start)
  AND
  -- include _provenance_and_country
