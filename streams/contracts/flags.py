"""Flags: what is doubtful in an event that counts all the same."""

from enum import IntFlag


class Flag(IntFlag):
    """Bits of the column `flags` of the event tables; a doubtful event is kept, never dropped."""

    MISSING_CONTAINER = 1
    """No container number was given."""
    BAD_CONTAINER_FORMAT = 2
    """Not four letters, the last one U, J or Z, and seven digits."""
    BAD_CHECK_DIGIT = 4
    """The last digit is not the check digit of ISO 6346."""
    UNKNOWN_PLACE = 8
    """A place is in no table; it is kept as written."""
    ABSURD_QUANTITY = 16
    """Not above 0 kg and at most 50,000 kg: counted as a seizure without kilos."""
    NO_QUANTITY = 32
    """No quantity in kg was given: counted as a seizure without kilos."""
    RECORDED_BEFORE_OCCURRED = 64
    """Written down more than an hour before it happened: one clock is wrong."""
    OFF_ROUTE = 128
    """The place is not on the container's itinerary."""
    WEIGHTS_ABOVE_ONE = 256
    """Weights of the candidate destinations sum to more than 1."""
    NO_CAMERA = 512
    """No camera id was given."""
    SCORE_OUT_OF_RANGE = 1024
    """The score is not between 0 and 1; kept as written."""
