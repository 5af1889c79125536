"""What every command may count on: tables, topics and schemas are there."""

from streams.contracts.registry import Registry
from streams.contracts.topics import Topics, declared
from streams.settings import Endpoints
from streams.store.client import connect
from streams.store.migrate import migrate
from streams.store.reference import load_places
from streams.waiting import patiently


def prepare(endpoints: Endpoints, seconds: float = 60) -> None:
    """Migrate the tables, make the topics, register the schemas; safe to repeat.

    A service that is away is waited for, `seconds` for each step. Raises RetryError when it stays
    away, StopError if one can't be made ready.
    """
    patiently(lambda: migrate(endpoints), seconds)
    patiently(lambda: _load_places(endpoints), seconds)
    patiently(lambda: Topics(endpoints.kafka).apply(declared()), seconds)
    patiently(Registry(endpoints.registry).register_all, seconds)


def _load_places(endpoints: Endpoints) -> None:
    with connect(endpoints) as client:
        load_places(client)
