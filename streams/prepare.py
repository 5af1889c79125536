"""What every command may count on: tables, topics and schemas are there."""

from streams.contracts.registry import Registry
from streams.contracts.topics import Topics, declared
from streams.settings import Endpoints
from streams.store.client import connect
from streams.store.migrate import migrate
from streams.store.reference import load_places


def prepare(endpoints: Endpoints) -> None:
    """Migrate the tables, make the topics, register the schemas; safe to repeat.

    Raises RetryError while a service is away, StopError if one can't be made ready.
    """
    migrate(endpoints)
    with connect(endpoints) as client:
        load_places(client)
    Topics(endpoints.kafka).apply(declared())
    Registry(endpoints.registry).register_all()
