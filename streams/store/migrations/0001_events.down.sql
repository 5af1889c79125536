DROP TABLE dead_letters;
DROP TABLE itineraries;
DROP TABLE seizure_reports;
DROP TABLE camera_images;
DROP TABLE camera_events;
DROP TABLE scan_verdicts;
