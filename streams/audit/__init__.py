"""Proof of nothing lost: every offset that ingest committed is a row, an older copy or set apart.

1. `read`: what Kafka still holds below the committed positions, and the dead letters.
2. `expect`: which rows each message must have led to, worked out apart from ingest.
3. `scratch`: these go to a database of the audit's own, dropped at the end.
4. `compare`: questions in SQL, a slice of the keys at a time; each answer is an offender.

It shares with ingest the decoder and the names, not the rules by which rows are made.
"""

from streams.audit.report import Offender, Report
from streams.audit.run import audit

__all__ = ["Offender", "Report", "audit"]
