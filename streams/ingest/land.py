"""Step 5, land: rows into ClickHouse, whole batches, acknowledged."""

import logging
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, Final, TypeVar

import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error, OperationalError
from tenacity import before_sleep_log, retry, retry_if_exception_type, wait_random_exponential

from streams.errors import RetryError, StopError
from streams.store.client import Client

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)

#: Rows are sent as they are (merging repeats within one insert is the table's work, later), and a
#: backfill may touch more days than the usual limit of partitions an insert.
SETTINGS: Final[dict[str, Any]] = {
    "optimize_on_insert": 0,
    "throw_on_max_partitions_per_insert_block": 0,
}

#: ClickHouse errors that another try can't mend: table or column missing, type mismatch, ....
_OUR_FAULT: Final = frozenset({16, 27, 36, 43, 44, 47, 53, 60, 62, 70, 81})


def land(client: Client, tables: Iterable[tuple[str, pa.Table]]) -> int:
    """Insert rows; gives how many. Repeating it changes nothing that FINAL shows.

    Raises RetryError if ClickHouse is away or overloaded, StopError if it will never take them.
    """
    landed = 0
    for name, group in groupby(sorted(tables, key=_target), key=_target):
        for table in _joined([part for _, part in group]):
            _insert(client, name[0], table)
            landed += table.num_rows
    return landed


def _target(item: tuple[str, pa.Table]) -> tuple[str, str]:
    """Table and columns: parts that agree in both are landed together."""
    return item[0], ",".join(item[1].column_names)


def _joined(tables: list[pa.Table]) -> list[pa.Table]:
    if len(tables) == 1:
        return tables
    plain = [table.cast(_without_dictionaries(table.schema)) for table in tables]
    return [pa.concat_tables(plain).combine_chunks()]


def _without_dictionaries(schema: pa.Schema) -> pa.Schema:
    """Dictionaries of several tables differ; as plain values their columns join."""
    return pa.schema(
        [
            field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in schema
        ]
    )


def _insert(client: Client, name: str, table: pa.Table) -> None:
    try:
        client.insert_arrow(name, table, settings=SETTINGS)
    except OperationalError as error:
        raise RetryError(f"ClickHouse does not answer: {error}") from error
    except Error as error:
        if error_code(error) in _OUR_FAULT:
            raise StopError(f"ClickHouse refuses rows of {name}: {error}") from error
        raise RetryError(f"ClickHouse could not take rows of {name}: {error}") from error
    except OSError as error:
        raise RetryError(f"ClickHouse does not answer: {error}") from error


def error_code(error: Error) -> int:
    """ClickHouse's own number of an error, 0 if it names none."""
    _, _, after = str(error).partition("Code: ")
    digits = after.split(".", 1)[0]
    return int(digits) if digits.isdigit() else 0


def until_done(what: Callable[[], T], stopping: Callable[[], bool]) -> T:
    """Do it again until it works, waiting longer each time up to 10 s; StopError passes.

    Raises RetryError once `stopping` says so: what did not land is consumed again next time.
    """
    again = retry(
        retry=retry_if_exception_type(RetryError),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        stop=lambda _: stopping(),
        before_sleep=before_sleep_log(_log, logging.WARNING),
        reraise=True,
    )
    return again(what)()
