SELECT DISTINCT commodity AS value, commodity AS text
FROM corridor_activity FINAL
WHERE commodity != ''
ORDER BY text
