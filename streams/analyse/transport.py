"""Faust on Kafka as this pipeline needs it: committed messages only, no ack across a rebalance.

Faust reads uncommitted messages unless it runs its own transactions. Ingest writes touched windows
in transactions, so a window of an aborted one would be computed again for nothing, and its offset
would become a revision that was never given out.
"""

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import Message


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Makes the consumer read committed messages only."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # A private name of aiokafka, which is pinned; a test shows that aborted messages stay out.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - there is no public way
        return consumer


class CommittedConsumer(driver.Consumer):
    """A consumer whose acks count only in the assignment they were read in."""

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def ack(self, message: Message) -> bool:
        """Mark a message as done; one of an earlier assignment is ignored, as it comes again.

        Faust acks what it skips after a rebalance, and a commit could pass it before it is done.
        """
        if message.generation_id != self.app.consumer_generation_id:
            return False
        return super().ack(message)


class CommittedTransport(driver.Transport):
    """The aiokafka transport with that consumer."""

    Consumer = CommittedConsumer


class App(faust.App):
    """A Faust app on that transport."""

    def _new_transport(self) -> CommittedTransport:
        return CommittedTransport(self.conf.broker_consumer, self)
