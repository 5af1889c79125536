"""What an audit finds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self


class Reason(StrEnum):
    """What is wrong with an offset or a row; `meaning` says it in words."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """Make a member that is equal to its name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    NO_ROW = "NO_ROW", "No row stands under the event's key."
    OLDER_ROW = "OLDER_ROW", "The row under the event's key knows less than the event says."
    NOT_RETRACTED = "NOT_RETRACTED", "What the event takes back still counts."
    NO_DEAD_LETTER = "NO_DEAD_LETTER", "Unreadable, yet not set apart."
    NOT_IN_TABLE = "NOT_IN_TABLE", "Set apart on the topic, not in table dead_letters."
    NOT_ON_TOPIC = "NOT_ON_TOPIC", "Set apart in table dead_letters, not on the topic."
    OTHER_BYTES = "OTHER_BYTES", "The dead letter is not the message it names."

    NO_MESSAGE = "NO_MESSAGE", "A row of which Kafka holds no message with that key."
    OTHER_CONTENT = "OTHER_CONTENT", "The row says something else than the message."
    DEAD_AND_LANDED = "DEAD_AND_LANDED", "Set apart and yet a row."
    BEYOND_END = "BEYOND_END", "A row or dead letter of an offset that does not exist yet."
    TWICE = "TWICE", "FINAL shows two rows of one key."
    LETTER_OF_NOTHING = "LETTER_OF_NOTHING", "A dead letter of which Kafka holds no message."
    LETTER_TWICE = "LETTER_TWICE", "Two dead letters of one message."


#: An offset that is nowhere; the other reasons tell of something that should not be there.
MISSING: Final = frozenset(
    {
        Reason.NO_ROW,
        Reason.OLDER_ROW,
        Reason.NOT_RETRACTED,
        Reason.NO_DEAD_LETTER,
        Reason.NOT_IN_TABLE,
        Reason.NOT_ON_TOPIC,
        Reason.OTHER_BYTES,
    }
)

#: Offenders that are kept for each reason; all are counted.
KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Offender:
    """One offset and what is wrong with it."""

    topic: str
    partition: int
    offset: int
    reason: Reason


@dataclass(slots=True)
class Report:
    """Result of an audit. offsets_checked: messages read; rows_checked: rows compared with them."""

    offsets_checked: int = 0
    rows_checked: int = 0
    dead_letters: int = 0
    seconds: float = 0.0
    counts: Counter[Reason] = field(default_factory=Counter)
    offenders: list[Offender] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Offsets that are neither row, older copy nor dead letter."""
        return sum(count for reason, count in self.counts.items() if reason in MISSING)

    @property
    def unexpected(self) -> int:
        """Rows and dead letters that no message explains."""
        return self.counts.total() - self.missing

    @property
    def clean(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.counts.total()

    def blame(self, reason: Reason, places: Iterable[tuple[str, int, int]], count: int) -> None:
        """Note offenders: the first few places (topic, partition, offset) of so many."""
        self.counts[reason] += count
        left = KEPT - sum(offender.reason == reason for offender in self.offenders)
        some = [Offender(*place, reason) for place, _ in zip(places, range(left), strict=False)]
        self.offenders += some

    def as_json(self) -> dict[str, Any]:
        """What `waterbed audit --json` prints."""
        rate = self.offsets_checked / self.seconds if self.seconds else 0.0
        return {
            "offsets_checked": self.offsets_checked,
            "missing": self.missing,
            "unexpected": self.unexpected,
            "rows_checked": self.rows_checked,
            "dead_letters": self.dead_letters,
            "reasons": {str(reason): count for reason, count in self.counts.items()},
            "offenders": [asdict(offender) for offender in self.offenders],
            "seconds": round(self.seconds, 3),
            "offsets_per_second": round(rate),
        }
