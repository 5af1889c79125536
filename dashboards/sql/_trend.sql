-- Exact enough for small counts: 6 against 0 or 8 against 1 is a change, 5 against 0 is not.
(abs(later - earlier) - 1) / sqrt(greatest(later + earlier, 1)) AS z,
multiIf(
  all_earlier = 0, 'no earlier data',
  z >= 1.96 AND later > earlier, 'rising',
  z >= 1.96, 'falling',
  later + earlier < 6, 'too few to say',
  'no clear change') AS trend
