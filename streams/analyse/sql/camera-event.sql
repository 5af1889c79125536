SELECT
    minute AS window_start, site, 'MINUTE' AS date_precision,
    substringIndex(site, '/', 1) AS interception_place, origin, transit, destination,
    direction, '' AS verdict, '' AS commodity, provenance,
    0 AS scans, 0 AS suspects, 0 AS inconclusive,
    1 AS camera_events, 0 AS seizures, toDecimal64(0, 3) AS kilos
  FROM camera_events FINAL
  WHERE (minute, site) IN (SELECT window_start, site FROM touched)
