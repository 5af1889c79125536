"""The published seizures, sent at every start: sending them again changes nothing."""

from rich.console import Console
from rich.progress import Progress

from streams.settings import Endpoints
from streams.simulate.history import PUBLISHED, prepare_history, send


def load(endpoints: Endpoints, console: Console) -> list[str]:
    """Send every usable published seizure and give the ids; shows a bar meanwhile."""
    prepared = prepare_history(PUBLISHED)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Published seizures", total=len(prepared.events))
        send(prepared.events, endpoints, lambda: progress.advance(task))
    console.print(
        f"Published seizures: {len(prepared.events)} sent, {len(prepared.unusable)} rows not "
        "usable (waterbed load-history --dry-run lists them)"
    )
    return [str(event["event_id"]) for event in prepared.events]
