"""What the simulation gives out: events on their way to a topic, with the truth about them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streams.names import Kind


class Fault(StrEnum):
    """What a partner did wrong; NONE is not written to the truth as a fault."""

    NONE = ""
    LATE = "late"  # occurred hours to days ago, recorded and sent only now
    REPEATED = "repeated"  # the same event once more
    OUT_OF_ORDER = "out_of_order"  # held back behind later events
    TRUNCATED = "truncated"  # the body ends early
    BIT_FLIPPED = "bit_flipped"  # one bit of the body differs and it no longer decodes
    RANDOM = "random"  # random bytes, half of them without a frame
    EMPTY = "empty"  # no byte at all
    UNKNOWN_SCHEMA = "unknown_schema"  # a schema id that no registry gave
    WRONG_COUNTRY = "wrong_country"  # another country than the topic's
    IMPOSSIBLE_TIME = "impossible_time"  # seconds since 1970 where milliseconds belong
    UNKNOWN_PLACE = "unknown_place"  # a place code that is in no list
    BAD_CHECK_DIGIT = "bad_check_digit"  # a container number that contradicts itself


class Outcome(StrEnum):
    """What must become of an event."""

    LANDED = "landed"
    DUPLICATE = "duplicate"  # absorbed by the event of the same id sent before
    DEAD_LETTERED = "dead-lettered"


class Framing(StrEnum):
    """What stands before a spoiled body."""

    OWN = "own"  # the kind's registered schema id
    UNKNOWN = "unknown"  # an id that is not registered
    NONE = "none"  # nothing


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Bytes to send in place of the event's encoding."""

    body: bytes
    framing: Framing


@dataclass(slots=True)
class Sent:
    """One message. at: when it is due, ms since 1970. key: of the Kafka message.

    spoiled: if set, these bytes go out instead of `event`. reasons: names of the dead-letter
    reasons that fit. itinerary: before, late or never, for events of containers.
    """

    partner: str
    kind: Kind
    event: dict[str, Any]
    key: str
    at: int
    outcome: Outcome = Outcome.LANDED
    fault: Fault = Fault.NONE
    spoiled: Spoiled | None = None
    reasons: tuple[str, ...] = ()
    itinerary: str = "before"

    def truth(self) -> dict[str, Any]:
        """Give the line of the truth file; retracts: id of the landed event it takes back."""
        return {
            "id": self.event["event_id"],
            "partner": self.partner,
            "kind": self.kind.value,
            "at": self.at,
            "fault": self.fault.value or None,
            "expected": self.outcome.value,
            "reasons": list(self.reasons),
            "container": self.event.get("container_number"),
            "itinerary": self.itinerary,
            "retracts": self.event.get("retracted_event_id"),
        }
