SELECT
  *,
  sum(earlier) OVER () AS all_earlier,
  -- include _trend
FROM (
  WITH
    -- include _period
    ,
    (
      SELECT (toInt64(toUnixTimestamp(min(window_start))), toInt64(toUnixTimestamp(max(window_start))) + 86400)
      FROM corridor_activity FINAL
      WHERE kind = 'seizure-report' AND seizures > 0
        AND $__timeFilter(window_start) AND provenance IN (${provenance:singlequote})
    ) AS reported,
    ${compare:singlequote} = 'halves' AS by_halves,
    toInt64(toUnixTimestamp($__fromTime)) AS range_from,
    toInt64(toUnixTimestamp($__toTime)) AS range_to,
    -- Years before the first and after the last report are no fall: halves leave them out.
    if(by_halves, greatest(range_from, reported.1), range_from) AS compared_from,
    if(by_halves, least(range_to, reported.2), range_to) AS compared_to,
    intDiv(compared_to - compared_from, if(by_halves, 2, 1)) AS length,
    toUnixTimestamp(window_start) AS starts,
    toUnixTimestamp(least(period_end, toStartOfDay(now('UTC')))) AS ends
  SELECT
    origin,
    destination,
    provenance = 'SYNTHETIC' AS synthetic,
    direction = 'RETURN' AS comes_back,
    sumIf(seizures, starts >= range_from AND ends <= range_to) AS in_range,
    sumIf(kilos, starts >= range_from AND ends <= range_to) AS kilos_in_range,
    sumIf(seizures, starts >= compared_to - length AND ends <= compared_to) AS later,
    sumIf(seizures, starts >= compared_to - 2 * length AND starts < compared_to - length
      AND ends <= compared_to - length) AS earlier
  FROM corridor_activity FINAL
  WHERE kind = 'seizure-report'
    AND window_start >= toDateTime(greatest(2 * range_from - range_to, 0), 'UTC')
    AND window_start <= $__toTime
    AND
    -- include _chosen
  GROUP BY origin, destination, synthetic, comes_back
)
WHERE in_range + later + earlier > 0
