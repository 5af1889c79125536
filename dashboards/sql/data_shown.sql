SELECT
  multiIf(
    countIf(synthetic) = 0 AND count() = 0, NULL,
    countIf(synthetic) = 0, 'real only',
    countIf(NOT synthetic) = 0, 'SYNTHETIC ONLY',
    'REAL + SYNTHETIC') AS "Data shown"
FROM corridor_activity FINAL
WHERE $__timeFilter(window_start)
  AND scans + camera_events + seizures > 0
  AND
  -- include _provenance_and_country
