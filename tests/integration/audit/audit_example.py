"""Plain events that the audit tests send."""

from typing import Any

from streams.contracts import examples
from streams.names import Kind

PARTNER = "BR"


def example(kind: Kind) -> dict[str, Any]:
    """A plain event of the partner: no correction."""
    plain = (e for e in examples.load(kind) if not e.get("retracted_event_id"))
    return dict(next(plain)) | {"country": PARTNER}
