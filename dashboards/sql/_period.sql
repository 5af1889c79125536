-- The last second in which it may have happened.
multiIf(
  date_precision = 'MONTH', window_start + INTERVAL 1 MONTH - INTERVAL 1 SECOND,
  date_precision = 'YEAR', window_start + INTERVAL 1 YEAR - INTERVAL 1 SECOND,
  window_start) AS period_end
