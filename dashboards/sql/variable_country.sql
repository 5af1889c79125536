SELECT DISTINCT code AS value, if(places.label = '', code, places.label) AS text
FROM (
  SELECT arrayJoin([interception_country, origin_country, destination_country]) AS code
  FROM corridor_activity FINAL
) AS seen
LEFT JOIN (SELECT * FROM places FINAL) AS places ON places.ref = seen.code
WHERE code != ''
ORDER BY text
