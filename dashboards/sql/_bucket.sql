multiIf(
  ${bucket:singlequote} = 'day', toStartOfDay(window_start),
  ${bucket:singlequote} = 'week', toDateTime(toStartOfWeek(window_start, 1), 'UTC'),
  ${bucket:singlequote} = 'year', toDateTime(toStartOfYear(window_start), 'UTC'),
  toDateTime(toStartOfMonth(window_start), 'UTC')) AS time
