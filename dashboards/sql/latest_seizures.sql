WITH
  -- include _period
SELECT
  multiIf(
    date_precision = 'YEAR', formatDateTime(window_start, '%Y'),
    date_precision = 'MONTH', formatDateTime(window_start, '%Y-%m'),
    formatDateTime(window_start, '%F')) AS "Date",
  if(stop.label = '', interception_place, stop.label) AS "Stopped at",
  if(a.label = '', origin, a.label) AS "Origin",
  if(b.label = '', destination, b.label) AS "Intended destination",
  commodity AS "Commodity",
  if(quantity_known, toFloat64(quantity_kg), NULL) AS "Kilos",
  nullIf(concealment, '') AS "Concealment",
  nullIf(cover_load, '') AS "Cover load",
  nullIf(lower(replaceAll(arrayStringConcat(detection_methods, ', '), '_', ' ')), '') AS "Found by",
  lower(status) AS "Status",
  multiIf(provenance = 'SYNTHETIC', 'SYNTHETIC', provenance = 'OPEN_SOURCE', 'open source', 'partner') AS "Data",
  multiIf(source_title != '', source_title, source_url != '', 'source', NULL) AS "Source",
  source_url AS "Source address"
FROM
-- include _dated_reports
AS reports
LEFT JOIN (SELECT * FROM places FINAL) AS stop ON stop.ref = interception_place
LEFT JOIN (SELECT * FROM places FINAL) AS a ON a.ref = origin
LEFT JOIN (SELECT * FROM places FINAL) AS b ON b.ref = destination
WHERE
  -- include _in_range
  AND
  -- include _chosen
ORDER BY window_start DESC, recorded_at DESC, event_id
LIMIT 300
