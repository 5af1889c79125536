"""What a consumer group has committed, also while the broker is still opening its groups."""

from collections.abc import Iterable
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

#: Seconds for one answer, and in which a broker that has just started is ready to give it.
SECONDS: Final = 20.0

_LOADING: Final = frozenset(
    {
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
    }
)


def _is_loading(error: BaseException) -> bool:
    return isinstance(error, KafkaException) and error.args[0].code() in _LOADING


# Not AdminClient.list_consumer_group_offsets: while the broker still opens the groups, its answer
# NOT_COORDINATOR makes librdkafka 2.16 read through a null pointer and ends us all.
@retry(
    retry=retry_if_exception(_is_loading),
    wait=wait_fixed(0.2),
    stop=stop_after_delay(SECONDS),
    reraise=True,
)
def committed(consumer: Consumer, partitions: Iterable[TopicPartition]) -> list[TopicPartition]:
    """Next offset to read of each partition, below 0 if none is committed.

    Raises KafkaException if the broker stays away or opening its groups takes too long.
    """
    return list(consumer.committed(list(partitions), timeout=SECONDS))
