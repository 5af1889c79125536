DROP TABLE IF EXISTS dead_letters;
DROP TABLE IF EXISTS itineraries;
DROP TABLE IF EXISTS seizure_reports;
DROP TABLE IF EXISTS camera_images;
DROP TABLE IF EXISTS camera_events;
DROP TABLE IF EXISTS scan_verdicts;
