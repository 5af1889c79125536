-- Computes the touched windows of one kind anew and writes them as absolute values. Groups that
-- were there and are gone come from the second part of the union and become zeros. The revision is
-- the window's own: the offset of its newest touched-window message, plus one.
INSERT INTO corridor_activity (
  kind, window_start, site, date_precision, interception_place, origin, transit, destination,
  direction, verdict, commodity, provenance,
  scans, suspects, inconclusive, camera_events, seizures, kilos, revision)
WITH touched AS (
  SELECT toDateTime(w.1, 'UTC') AS window_start, w.2 AS site, toUInt64(w.3) AS revision
  FROM (SELECT arrayJoin(arrayZip(%(starts)s, %(sites)s, %(revisions)s)) AS w))
SELECT
  '$kind', window_start, site, date_precision, interception_place, origin, transit, destination,
  direction, verdict, commodity, provenance,
  sum(scans), sum(suspects), sum(inconclusive), sum(camera_events), sum(seizures), sum(kilos),
  any(revision)
FROM (
  $events
  UNION ALL
  SELECT
    window_start, site, date_precision, interception_place, origin, transit, destination,
    direction, verdict, commodity, provenance,
    0 AS scans, 0 AS suspects, 0 AS inconclusive, 0 AS camera_events, 0 AS seizures,
    toDecimal64(0, 3) AS kilos
  FROM corridor_activity FINAL
  WHERE (window_start, site) IN (SELECT window_start, site FROM touched) AND kind = '$kind'
) AS parts
INNER JOIN touched USING (window_start, site)
GROUP BY
  window_start, site, date_precision, interception_place, origin, transit, destination,
  direction, verdict, commodity, provenance
