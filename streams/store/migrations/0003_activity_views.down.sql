DROP VIEW activity_yearly;
DROP VIEW activity_monthly;
DROP VIEW activity_weekly;
DROP VIEW activity_daily;
DROP VIEW activity_hourly;
