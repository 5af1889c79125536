WITH trends AS (
  -- include _corridor_trends
)
SELECT "Corridor", "Seizures", "Kilos", "Earlier", "Later", "Trend"
FROM (
  SELECT
    0 AS line,
    concat(if(a.label = '', origin, a.label), ' → ', if(b.label = '', destination, b.label),
      if(comes_back, ' (load coming back)', ''), if(synthetic, ' SYNTHETIC', '')) AS "Corridor",
    in_range AS "Seizures",
    toFloat64(kilos_in_range) AS "Kilos",
    earlier AS "Earlier",
    later AS "Later",
    trend AS "Trend"
  FROM trends
  LEFT JOIN (SELECT * FROM places FINAL) AS a ON a.ref = origin
  LEFT JOIN (SELECT * FROM places FINAL) AS b ON b.ref = destination
  UNION ALL
  SELECT 1, 'All corridors', seizures, kilos, earlier, later, trend
  FROM (
    SELECT seizures, kilos, earlier, later, earlier AS all_earlier,
      -- include _trend
    FROM (
      SELECT sum(in_range) AS seizures, toFloat64(sum(kilos_in_range)) AS kilos,
        sum(earlier) AS earlier, sum(later) AS later
      FROM trends
    )
    WHERE seizures + earlier + later > 0
  )
)
ORDER BY line DESC, "Seizures" DESC, "Kilos" DESC, "Corridor"
LIMIT 201
