DROP TABLE corridor_activity;
