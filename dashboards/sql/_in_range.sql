-- A date known to the month or year counts only where its whole period lies in the range.
$__timeFilter(window_start) AND least(period_end, toStartOfDay(now('UTC'))) <= $__toTime
