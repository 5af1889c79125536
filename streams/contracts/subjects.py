"""Which schema stands under which subject of the registry."""

from streams.names import (
    ACTIVITY_TOPIC,
    ALERT_TOPIC,
    TOUCHED_WINDOW_TOPIC,
    event_topics,
)


def schema_topics() -> list[str]:
    """Every topic whose values have a schema; dead letters have none of their own."""
    return [*event_topics(), TOUCHED_WINDOW_TOPIC, ACTIVITY_TOPIC, ALERT_TOPIC]


def subject(topic: str) -> str:
    """Name the subject of a topic's values."""
    return f"{topic}-value"


def subjects() -> list[str]:
    """Give every subject."""
    return [subject(topic) for topic in schema_topics()]


def schema_name(of_subject: str) -> str:
    """Name the schema of a subject.

    >>> schema_name("customs.br.scan-verdict.v1-value")
    'scan-verdict'
    """
    return of_subject.removesuffix("-value").split(".")[-2]
