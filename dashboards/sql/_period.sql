multiIf(
  date_precision = 'MONTH', window_start + INTERVAL 1 MONTH,
  date_precision = 'YEAR', window_start + INTERVAL 1 YEAR,
  window_start) AS period_end
