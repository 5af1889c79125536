"""Published seizures as seizure reports.

`rows` reads the file, `event` turns a row into an event, `report` collects what was sent and what
could not be used, `load` sends. Everything but `load` is free of I/O beyond the file.
"""

from streams.simulate.history.event import to_event, topic_partner
from streams.simulate.history.load import Prepared, prepare_history, send
from streams.simulate.history.report import Report
from streams.simulate.history.rows import PUBLISHED, UnusableError, Why, read

__all__ = [
    "PUBLISHED",
    "Prepared",
    "Report",
    "UnusableError",
    "Why",
    "prepare_history",
    "read",
    "send",
    "to_event",
    "topic_partner",
]
