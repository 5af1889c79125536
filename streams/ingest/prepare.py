"""Steps 2 to 4 on one batch: from messages to what is landed and committed. No I/O of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Message, TopicPartition

from streams.contracts.decode import Bad, Decoder
from streams.ingest.check import check
from streams.ingest.commit import DeadLetter
from streams.ingest.consume import Batch
from streams.ingest.decode import decoded
from streams.ingest.rows import Rows, event_rows
from streams.ingest.told import rows as itinerary_rows
from streams.ingest.told import told
from streams.names import Kind, event_topics
from streams.routes.itineraries import Itineraries


@dataclass(slots=True)
class Prepared:
    """A batch ready to land: its rows, its dead letters, and the offsets that commit it."""

    positions: list[TopicPartition]
    messages: int
    rows: Rows = field(default_factory=Rows)
    letters: list[DeadLetter] = field(default_factory=list)
    #: Containers whose itinerary is in this batch: events that wait for it get their route.
    itineraries_of: list[str] = field(default_factory=list)
    #: The worker's membership of the group when it handed the batch over: confluent_kafka's opaque
    #: metadata. Asked for on the consuming thread, since the consumer serves one thread at a time.
    group: Any = None


def prepare(batch: Batch, decoders: Mapping[str, Decoder], itineraries: Itineraries) -> Prepared:
    """Decode, check and route a batch; every message becomes rows or a dead letter.

    Raises RetryError if the registry is needed and away.
    """
    prepared = Prepared(batch.positions(), len(batch.messages))
    topics = batch.by_topic()
    # Itineraries first: they may route the events of their own batch.
    for topic in sorted(topics, key=lambda name: event_topics()[name][1] != Kind.ITINERARY):
        _add_topic(prepared, topic, topics[topic], decoders[topic], itineraries)
    return prepared


def _add_topic(
    prepared: Prepared,
    topic: str,
    messages: list[Message],
    decoder: Decoder,
    itineraries: Itineraries,
) -> None:
    partner, kind = event_topics()[topic]
    result = decoded(decoder, messages)
    checked = check(kind, partner, result.frame)
    bad: list[Bad] = [*result.bad, *checked.bad]
    prepared.letters += [DeadLetter(partner, kind, messages[one.row], one) for one in bad]
    events = checked.events
    if not len(events):
        return
    if kind is Kind.ITINERARY:
        itineraries.add(told(events))
        prepared.rows.tables.append(itinerary_rows(topic, events, checked.flags))
        prepared.itineraries_of += events["container_number"].to_list()
    else:
        prepared.rows.add(event_rows(kind, topic, events, checked.flags, checked.keys, itineraries))
