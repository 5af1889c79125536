"""Names of topics, tables, groups and kinds of events: written here, used everywhere else."""

from enum import StrEnum
from typing import Final

#: ISO 3166 codes of the partner countries.
PARTNERS: Final = ("BR", "PY", "BE", "NL")

#: The pseudo-partner under whose topics open sources are reported.
OPEN: Final = "OPEN"


class Kind(StrEnum):
    """Kinds of events that partners send; also the names of their schemas."""

    SCAN_VERDICT = "scan-verdict"
    CAMERA_EVENT = "camera-event"
    SEIZURE_REPORT = "seizure-report"
    ITINERARY = "itinerary"


#: Kinds that count in corridor activity; an itinerary routes them and counts for nothing itself.
COUNTED: Final = (Kind.SCAN_VERDICT, Kind.CAMERA_EVENT, Kind.SEIZURE_REPORT)

TABLES: Final = {
    Kind.SCAN_VERDICT: "scan_verdicts",
    Kind.CAMERA_EVENT: "camera_events",
    Kind.SEIZURE_REPORT: "seizure_reports",
    Kind.ITINERARY: "itineraries",
}
CAMERA_IMAGES: Final = "camera_images"
DEAD_LETTERS: Final = "dead_letters"
CORRIDOR_ACTIVITY: Final = "corridor_activity"

TOUCHED_WINDOW: Final = "touched-window"
ACTIVITY: Final = "corridor-activity"
ALERT: Final = "route-shift-alert"

TOUCHED_WINDOW_TOPIC: Final = "pipeline.touched-window.v1"
ACTIVITY_TOPIC: Final = "intel.corridor-activity.v1"
ALERT_TOPIC: Final = "intel.route-shift-alert.v1"

INGEST_GROUP: Final = "waterbed-ingest"
ANALYSE_GROUP: Final = "waterbed-analyse"


def event_topic(partner: str, kind: Kind) -> str:
    """Topic on which a partner sends events of a kind: `customs.br.scan-verdict.v1`."""
    if partner == OPEN:
        return f"open.{kind}.v1"
    return f"customs.{partner.lower()}.{kind}.v1"


def dead_letter_topic(partner: str) -> str:
    """Topic of a partner's dead letters; outside its own prefix, so it can read but not write."""
    return f"dead-letter.{partner.lower()}.v1"


def event_topics() -> dict[str, tuple[str, Kind]]:
    """Every topic that ingest reads, with its partner and kind."""
    pairs = [(p, k) for p in PARTNERS for k in Kind] + [(OPEN, Kind.SEIZURE_REPORT)]
    return {event_topic(partner, kind): (partner, kind) for partner, kind in pairs}
