-- A month is no day and no week, a year is no month: such dates would spike on the 1st.
(date_precision IN ('MINUTE', 'DAY')
  OR (date_precision = 'MONTH' AND ${bucket:singlequote} IN ('month', 'year'))
  OR (date_precision = 'YEAR' AND ${bucket:singlequote} = 'year'))
