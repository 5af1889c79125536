"""Why a message is set apart, and what its headers say then: a closed list.

The value of a dead letter is the message as it came, byte by byte; so are its key and its own
headers. What follows here stands in further headers.
"""

from enum import StrEnum
from typing import Final, Self

PREFIX: Final = "waterbed.dead-letter."

#: Header names without the prefix, and what they hold; texts in UTF-8, numbers in decimal.
HEADERS: Final = {
    "reason": "one of the reasons below",
    "detail": "what exactly was wrong; never a value of the event",
    "schema-id": "id in the message's frame, -1 without one",
    "topic": "where it came from",
    "partition": "where it came from",
    "offset": "where it came from",
    "received-at": "when Kafka took it, RFC 3339, UTC",
    "attempt": "1 at first, one more with every replay",
    "pipeline-version": "version of Waterbed that set it apart",
}


class Reason(StrEnum):
    """A reason; `meaning` says what is wrong, `advice` what the sender should do."""

    meaning: str
    advice: str

    def __new__(cls, value: str, meaning: str, advice: str) -> Self:
        """Make a member that is equal to its name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning, member.advice = meaning, advice
        return member

    EMPTY = (
        "EMPTY",
        "The message has no value.",
        "Send a whole event; take one back by a correction with withdrawal, not by an empty value.",
    )
    NO_FRAME = (
        "NO_FRAME",
        "No 00 byte and four-byte schema id stand in front.",
        "Frame the Avro body as the Confluent serializers do; send no JSON and no Avro file.",
    )
    UNKNOWN_SCHEMA = (
        "UNKNOWN_SCHEMA",
        "The registry knows no such schema id for this topic.",
        "Take the id from the registry by the subject of the topic; never register by yourself.",
    )
    WRONG_SCHEMA = (
        "WRONG_SCHEMA",
        "The schema id belongs to another kind of event.",
        "Send each kind to its own topic.",
    )
    UNDECODABLE = (
        "UNDECODABLE",
        "The body is not a record of its schema.",
        "Encode with exactly the schema whose id is in front; look for cut messages.",
    )
    TRAILING_BYTES = (
        "TRAILING_BYTES",
        "Bytes follow the record.",
        "Send one record a message; encode with exactly the schema whose id is in front.",
    )
    WRONG_COUNTRY = (
        "WRONG_COUNTRY",
        "The event's country is not the topic's.",
        "Send to your own country's topic; check the setting of the country.",
    )
    IMPOSSIBLE_TIME = (
        "IMPOSSIBLE_TIME",
        "The time of the event can't be: before 2000 or more than a day ahead.",
        "Send milliseconds since 1970 in UTC; check the clock.",
    )
    NO_EVENT_ID = (
        "NO_EVENT_ID",
        "The event has no id, or one of more than 128 characters.",
        "Give every event an id that is unique for your service and stays the same when repeated.",
    )
    NO_SITE = (
        "NO_SITE",
        "The event names no place.",
        "Fill in the UN/LOCODE of the facility or of the place of interception.",
    )
    BAD_CORRECTION = (
        "BAD_CORRECTION",
        "The correction doesn't say id, site and time of what it corrects.",
        "Send all three as they were sent in the event that is corrected.",
    )
    NO_PURPOSE = (
        "NO_PURPOSE",
        "The camera event names none of the four lawful purposes.",
        "Fill in the purpose of the camera plan.",
    )


def header(name: str) -> str:
    """Give the full header name; raises KeyError for one that is not in HEADERS."""
    if name not in HEADERS:
        raise KeyError(name)
    return PREFIX + name
