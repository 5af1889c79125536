"""The status as a person reads it."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table

from streams.status.lag import Lag
from streams.status.read import Status
from streams.status.tables import Tables


def show(found: Status, console: Console) -> None:
    """Print the status."""
    for part in _parts(found):
        console.print(part)


def _parts(found: Status) -> Iterator[RenderableType]:
    if found.partitions is not None:
        yield _partitions(found.partitions)
    if found.tables is not None:
        yield _counts("Rows", found.tables.rows)
        yield _counts("Dead letters", found.tables.dead_letters or {"none": 0})
        yield _unrouted(found.tables)
    if found.aggregates is not None:
        yield (
            f"Aggregates: {found.aggregates.lag_records:,} touched windows wait, the oldest for "
            f"{found.aggregates.lag_seconds:.1f} s; last computed {_age(found.tables)}"
        )
    for service, why in found.away.items():
        yield f"[red]{service} is away:[/red] {why}"


def _partitions(lags: list[Lag]) -> Table:
    """Partitions that hold anything: the empty ones tell nothing."""
    columns = ("end", "committed", "lag", "seconds")
    table = Table("topic", "partition", title="Kafka")
    for name in columns:
        table.add_column(name, justify="right")
    for lag in lags:
        at = lag.position
        if at.end:
            done = "-" if at.committed is None else f"{at.committed:,}"
            numbers = (f"{at.end:,}", done, f"{lag.records:,}", f"{lag.seconds:.1f}")
            table.add_row(at.topic, str(at.partition), *numbers)
    return table


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table(title.lower(), title=title)
    table.add_column("count", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def _unrouted(found: Tables) -> str:
    return f"Unrouted: {found.unrouted:,} events of containers whose itinerary is not known"


def _age(found: Tables | None) -> str:
    age = found and found.aggregates_age_seconds
    return "never" if age is None else f"{age:.1f} s ago"
