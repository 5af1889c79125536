provenance IN (${provenance:singlequote})
AND ('all' IN (${country:singlequote}) OR hasAny(
  arrayMap(place -> if(startsWith(place, 'region:'), place, substring(place, 1, 2)),
    splitByChar('|', concat(interception_place, '|', origin, '|', transit, '|', destination))),
  [${country:singlequote}]))
