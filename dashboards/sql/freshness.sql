SELECT
  if(startsWith(topic, 'open.'), 'Open sources', upper(splitByChar('.', topic)[2])) AS "Partner",
  replaceAll(splitByChar('.', topic)[-2], '-', ' ') AS "Events",
  if(landed = 0, NULL, received) AS "Last received (UTC)",
  if(landed = 0, NULL, dateDiff('second', received, now64(3, 'UTC'))) AS "Age",
  landed AS "Rows",
  dead AS "Dead letters"
FROM (
  SELECT topic, max(received_at) AS received, sum(rows) AS landed, sum(dead_rows) AS dead
  FROM (
    SELECT arrayJoin(
      -- include _topics
    ) AS topic, toDateTime64(0, 3, 'UTC') AS received_at, 0 AS rows, 0 AS dead_rows
    UNION ALL SELECT topic, max(received_at), count(), 0 FROM scan_verdicts GROUP BY topic
    UNION ALL SELECT topic, max(received_at), count(), 0 FROM camera_events GROUP BY topic
    UNION ALL SELECT topic, max(received_at), count(), 0 FROM seizure_reports GROUP BY topic
    UNION ALL SELECT topic, max(received_at), count(), 0 FROM itineraries GROUP BY topic
    UNION ALL SELECT topic, toDateTime64(0, 3, 'UTC'), 0, count() FROM dead_letters FINAL GROUP BY topic
  )
  GROUP BY topic
)
ORDER BY received DESC, dead DESC, topic
