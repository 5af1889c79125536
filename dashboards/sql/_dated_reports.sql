(SELECT *, minute AS window_start FROM seizure_reports FINAL)
