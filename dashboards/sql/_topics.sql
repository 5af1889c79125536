[
  'customs.br.scan-verdict.v1', 'customs.br.camera-event.v1',
  'customs.br.seizure-report.v1', 'customs.br.itinerary.v1',
  'customs.py.scan-verdict.v1', 'customs.py.camera-event.v1',
  'customs.py.seizure-report.v1', 'customs.py.itinerary.v1',
  'customs.be.scan-verdict.v1', 'customs.be.camera-event.v1',
  'customs.be.seizure-report.v1', 'customs.be.itinerary.v1',
  'customs.nl.scan-verdict.v1', 'customs.nl.camera-event.v1',
  'customs.nl.seizure-report.v1', 'customs.nl.itinerary.v1',
  'open.seizure-report.v1'
]
