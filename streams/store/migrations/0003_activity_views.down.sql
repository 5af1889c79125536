DROP VIEW IF EXISTS activity_yearly;
DROP VIEW IF EXISTS activity_monthly;
DROP VIEW IF EXISTS activity_weekly;
DROP VIEW IF EXISTS activity_daily;
DROP VIEW IF EXISTS activity_hourly;
