('all' IN (${commodity:singlequote}) OR commodity IN (${commodity:singlequote}))
AND
-- include _provenance_and_country
