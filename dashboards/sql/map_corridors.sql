SELECT
  concat(origin, '>', destination, if(synthetic, ' synthetic', ''), if(comes_back, ' back', '')) AS id,
  origin AS source,
  destination AS target,
  concat(a.label, ' → ', b.label,
    if(comes_back, ' (load coming back)', ''), if(synthetic, ' SYNTHETIC', '')) AS corridor,
  in_range AS seizures,
  toFloat64(kilos_in_range) AS kilos,
  earlier,
  later,
  trend,
  if(synthetic, 'synthetic', 'real') AS data
FROM (
  -- include _corridor_trends
) AS trends
INNER JOIN (SELECT * FROM places FINAL WHERE latitude IS NOT NULL) AS a ON a.ref = origin
INNER JOIN (SELECT * FROM places FINAL WHERE latitude IS NOT NULL) AS b ON b.ref = destination
WHERE origin != destination AND in_range > 0
ORDER BY seizures, id
