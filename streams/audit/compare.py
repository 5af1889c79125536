"""Compares rows with what the messages say, by joins in ClickHouse: each answer is an offender."""

from collections.abc import Iterator
from typing import Any, Final

from streams.audit.report import KEPT, Reason, Report
from streams.audit.slices import Slice
from streams.names import DEAD_LETTERS, TABLES, Kind
from streams.store.client import Client

#: Rows of a table in the columns of `expected`: key, version, origin, and what they say.
_EVENT_ROWS: Final = """
SELECT toInt64(toUnixTimestamp(minute)) AS minute, site, event_id AS id, retracted, version,
       topic, partition, offset, toUnixTimestamp64Milli(occurred_at) AS occurred,
       container_number AS container, {said} AS said, {kg} AS kg
FROM {table} {final} WHERE {condition}
"""

_ITINERARY_ROWS: Final = """
SELECT toInt64(0) AS minute, toLowCardinality('') AS site, container_number AS id,
       toUInt8(0) AS retracted, version, topic, partition, offset,
       toUnixTimestamp64Milli(occurred_at) AS occurred, container_number AS container,
       status AS said, toFloat64(0) AS kg
FROM {table} {final} WHERE {condition}
"""

_SAID: Final = {
    Kind.SCAN_VERDICT: "verdict",
    Kind.CAMERA_EVENT: "purpose",
    Kind.SEIZURE_REPORT: "status",
}

#: No row under the key, or one that knows less than the message alone says.
_MISSING: Final = """
SELECT topic, partition, offset,
       multiIf(newest = 0, 'NO_ROW', retracted, 'NOT_RETRACTED', 'OLDER_ROW') AS reason
FROM (SELECT minute, site, id, retracted, version, topic, partition, offset
      FROM {database}.expected WHERE kind = '{kind}' AND {expected}) AS e
LEFT ANY JOIN (SELECT minute, site, id, max(version) AS newest, toUInt8(1) AS found
               FROM ({rows}) GROUP BY minute, site, id) AS w USING (minute, site, id)
WHERE found = 0 OR newest < version
"""

#: Rows whose message is not there, has another key or says something else. A tombstone says
#: nothing but its key. Below `start` messages are gone, from `stop` on they are in flight; of
#: compacted topics any may be gone.
_UNEXPECTED: Final = """
SELECT topic, partition, offset, multiIf(
         found, 'OTHER_CONTENT',
         (topic, partition, offset) IN (SELECT * FROM {database}.dead), 'DEAD_AND_LANDED',
         'NO_MESSAGE') AS reason
FROM (SELECT r.*, s.compacted FROM ({rows}) AS r
      INNER JOIN {database}.stretches AS s USING (topic, partition)
      WHERE r.offset >= s.start AND r.offset < s.stop) AS r
LEFT ANY JOIN (SELECT *, toUInt8(1) AS found
               FROM {database}.expected WHERE kind = '{kind}' AND {expected}) AS e
  USING (minute, site, id, retracted, topic, partition, offset)
WHERE if(found,
         NOT r.retracted AND (r.occurred != e.occurred OR r.container != e.container
                              OR r.said != e.said OR abs(r.kg - e.kg) > 0.0006),
         NOT compacted OR (topic, partition, offset) IN (SELECT * FROM {database}.held))
"""

_TWICE: Final = """
SELECT any(topic) AS topic, any(partition) AS partition, min(offset) AS offset, 'TWICE' AS reason
FROM ({rows}) GROUP BY minute, site, id HAVING count() > 1
"""

_NEWEST: Final = "SELECT topic, partition, max(offset) FROM {table} GROUP BY topic, partition"

_SETTINGS: Final[dict[str, Any]] = {"join_algorithm": "hash", "joined_subquery_requires_alias": 0}


def compare(report: Report, client: Client, database: str, kind: Kind, one: Slice) -> None:
    """Ask all questions about one slice of the keys of one kind."""
    rows, final = _rows(kind, one), _rows(kind, one, final="FINAL")
    filled = {"database": database, "kind": kind, "expected": one.expected}
    _ask(report, client, _MISSING.format(rows=rows, **filled))
    _ask(report, client, _UNEXPECTED.format(rows=rows, **filled))
    _ask(report, client, _TWICE.format(rows=final))
    [(count,)] = client.query(f"SELECT count() FROM ({rows})").result_rows
    report.rows_checked += int(count)


def newest(client: Client) -> Iterator[tuple[str, int, int]]:
    """Topic, partition and highest offset of the rows of every table and of the dead letters."""
    for table in (*TABLES.values(), DEAD_LETTERS):
        for topic, partition, offset in client.query(_NEWEST.format(table=table)).result_rows:
            yield str(topic), int(partition), int(offset)


def _rows(kind: Kind, one: Slice, final: str = "") -> str:
    text = _ITINERARY_ROWS if kind is Kind.ITINERARY else _EVENT_ROWS
    return text.format(
        table=TABLES[kind],
        final=final,
        condition=one.rows,
        said=_SAID.get(kind),
        kg="toFloat64(quantity_kg)" if kind is Kind.SEIZURE_REPORT else "toFloat64(0)",
    )


def _ask(report: Report, client: Client, question: str) -> None:
    """Note the first offenders of each reason and how many there are."""
    answer = client.query(
        f"SELECT toString(topic), partition, offset, reason, "
        f"count() OVER (PARTITION BY reason) AS n FROM ({question}) "
        f"ORDER BY topic, partition, offset LIMIT {KEPT} BY reason",
        settings=_SETTINGS,
    ).result_rows
    for reason in {row[3] for row in answer}:
        found = [(row, int(row[4])) for row in answer if row[3] == reason]
        places = [(str(row[0]), int(row[1]), int(row[2])) for row, _ in found]
        report.blame(Reason[reason], places, found[0][1])
