"""A worker's transactions: what a dead worker leaves open, the next one settles at once."""

from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from ingest_pipeline import Pipeline

from streams.ingest.commit import Transactions
from streams.ingest.name import transactional_id
from streams.ingest.settings import IngestSettings
from streams.names import Kind, event_topic

PLACE = TopicPartition(event_topic("BE", Kind.SCAN_VERDICT), 0)


def test_two_workers_have_two_names_and_a_restarted_one_has_its_own(
    shared: Pipeline, tmp_path: Path
) -> None:
    settings = IngestSettings()
    elsewhere = shared.endpoints.model_copy(update={"kafka": "elsewhere:9092"})
    with (
        transactional_id(shared.endpoints, settings, tmp_path) as first,
        transactional_id(shared.endpoints, settings, tmp_path) as second,
        transactional_id(elsewhere, settings, tmp_path) as alone,
    ):
        assert first != second
        assert first == alone
    with transactional_id(shared.endpoints, settings, tmp_path) as again:
        assert again == first


def test_a_transaction_left_open_does_not_hold_up_the_next_worker(shared: Pipeline) -> None:
    group = "left-open"
    asked = Consumer(
        {
            "bootstrap.servers": shared.endpoints.kafka,
            "group.id": group,
            "isolation.level": "read_committed",
        }
    )
    dead = Producer(
        {
            "bootstrap.servers": shared.endpoints.kafka,
            "transactional.id": group,
            "transaction.timeout.ms": 300_000,
        }
    )
    dead.init_transactions(30)
    dead.begin_transaction()
    place = TopicPartition(PLACE.topic, PLACE.partition, 7)
    dead.send_offsets_to_transaction([place], asked.consumer_group_metadata(), 30)

    Transactions(shared.endpoints, group)
    found = asked.committed([PLACE], timeout=30)
    assert [p.offset for p in found] == [-1001]
    asked.close()
