SELECT
    minute AS window_start, site, date_precision, interception_place, origin, transit, destination,
    direction, '' AS verdict, commodity, provenance,
    0 AS scans, 0 AS suspects, 0 AS inconclusive,
    0 AS camera_events, 1 AS seizures, quantity_kg AS kilos
  FROM seizure_reports FINAL
  WHERE (minute, site) IN (SELECT window_start, site FROM touched) AND status != 'WITHDRAWN'
