"""A finite burst of simulated traffic with a chosen share of garbled messages."""

import time
from typing import Final

from streams.contracts.registry import Registry, subject_of
from streams.partners.producer import Producer
from streams.settings import Endpoints
from streams.simulate.events import events
from streams.simulate.faults import GARBLED, SHARES
from streams.simulate.send import Summary, send_all

SEED: Final = 7
RATE: Final = 300.0  # events a second of event time
SECONDS: Final = 10.0

#: Part of all partner faults that garble a message.
GARBLED_PART: Final = sum(SHARES[fault] for fault in GARBLED) / sum(SHARES.values())


def faults(garbage: float) -> float:
    """Share of events with any fault at which the share `garbage` of them is garbled.

    Raises ValueError above the share that leaves room for the other faults.
    """
    share = garbage / GARBLED_PART
    if not 0 <= share <= 1:
        raise ValueError(f"At most {GARBLED_PART:.2f} of the events can be garbled")
    return share


def send(endpoints: Endpoints, garbage: float) -> Summary:
    """Send the burst as fast as the broker takes it; all times lie in the past."""
    registry = Registry(endpoints.registry)
    start = int((time.time() - SECONDS) * 1000)
    with Producer(endpoints, client_id="waterbed-run") as producer:
        return send_all(
            events(SEED, RATE, start, SECONDS, faults(garbage)),
            producer,
            lambda topic: registry.id_of(subject_of(topic)),
        )
