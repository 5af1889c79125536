"""Ingest: from Kafka to ClickHouse in six steps, one file a step.

1. `consume`: a batch of messages, limited in rows, bytes and age.
2. decode: `streams.contracts.decode`, bodies to columns.
3. `check`: what can't be an event is set apart, what is doubtful is flagged.
4. `route`: corridor, leg and distance from the container's itinerary.
5. `land`: rows into ClickHouse.
6. `commit`: offsets, touched windows and dead letters in one Kafka transaction.

`rows` shapes what step 5 lands, `worker` runs the steps and overlaps landing with the next batch.
A crash between 5 and 6 repeats the events; their keys and versions absorb that.
"""
