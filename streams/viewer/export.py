"""A panel's data as CSV, exactly as the database gave it."""

import csv
import io
import re

from streams.viewer.dashboard import Panel
from streams.viewer.database import Frame


def as_csv(frame: Frame) -> bytes:
    """Give the frame with a header line, in UTF-8; an unknown value is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(frame.names)
    writer.writerows(frame.rows)
    return text.getvalue().encode()


def file_name(panel: Panel, ref: str) -> str:
    """Name of the file: the panel's title, and the query's letter where it has several."""
    several = f"-{ref}" if len(panel.targets) > 1 else ""
    return re.sub(r"\W+", "-", panel.title.lower()).strip("-") + several + ".csv"
