DROP TABLE IF EXISTS corridor_activity;
