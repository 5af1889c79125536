SELECT
    minute AS window_start, site, 'MINUTE' AS date_precision,
    substringIndex(site, '/', 1) AS interception_place, origin, transit, destination,
    direction, verdict, '' AS commodity, provenance,
    1 AS scans, verdict = 'SUSPECT' AS suspects, verdict = 'INCONCLUSIVE' AS inconclusive,
    0 AS camera_events, 0 AS seizures, toDecimal64(0, 3) AS kilos
  FROM scan_verdicts FINAL
  WHERE (minute, site) IN (SELECT window_start, site FROM touched)
