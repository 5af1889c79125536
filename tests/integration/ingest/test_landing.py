"""What partners send reaches its rows, or a dead letter with its bytes and reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition
from ingest_pipeline import Pipeline

from streams.contracts import examples
from streams.contracts.dead_letters import Reason, header
from streams.names import TABLES, Kind
from streams.partners.producer import Producer

SCAN = next(e for e in examples.load(Kind.SCAN_VERDICT) if not e["retracted_event_id"])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain(value: Any) -> Any:
    """A value as a table shows it: nothing is an empty text."""
    return "" if value is None else value


@pytest.fixture(scope="module")
def landed(pipeline: Pipeline) -> Pipeline:
    with Producer(pipeline.endpoints) as producer:
        for kind in Kind:
            for event in examples.load(kind):
                producer.send(event["country"], kind, event)
    pipeline.ingest()
    return pipeline


@pytest.mark.parametrize("kind", [Kind.SCAN_VERDICT, Kind.CAMERA_EVENT, Kind.SEIZURE_REPORT])
def test_each_example_reaches_its_row_and_what_it_corrects_is_gone(
    landed: Pipeline, kind: Kind
) -> None:
    sent = examples.load(kind)
    gone = {e["retracted_event_id"] for e in sent} | {
        e["event_id"] for e in sent if e["withdrawal"]
    }
    found = {row[0] for row in landed.rows(f"SELECT event_id FROM {TABLES[kind]} FINAL")}
    assert found == {e["event_id"] for e in sent} - gone
    # The retracted one is still known beneath.
    below = {row[0] for row in landed.rows(f"SELECT event_id FROM {TABLES[kind]}")}
    assert {e for e in gone if e} <= below | {e["event_id"] for e in sent if e["withdrawal"]}


def test_a_scan_verdict_lands_with_every_field(landed: Pipeline) -> None:
    sent = next(e for e in examples.load(Kind.SCAN_VERDICT) if e["event_id"] == "br-ssz-scan-0002")
    columns = (
        "occurred_at", "recorded_at", "country", "provenance", "container_number", "verdict",
        "algorithm", "algorithm_version", "phase", "image_reference", "uff_reference",
        "uff_version",
    )  # fmt: skip
    [row] = landed.rows(
        f"SELECT {', '.join(columns)}, site, minute, origin, transit, destination, direction "
        f"FROM scan_verdicts FINAL WHERE event_id = '{sent['event_id']}'"
    )
    expected = [plain(sent[c]) for c in columns]
    expected += ["BRSSZ/BTP", sent["occurred_at"].replace(second=0, microsecond=0)]
    expected += ["PYASU", "ARBUE|BRSSZ", "NLRTM", "EXPORT"]
    assert [v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for v in row] == expected


def test_a_seizure_report_lands_with_its_kilos_and_candidates(landed: Pipeline) -> None:
    rows = landed.rows(
        "SELECT event_id, toString(quantity_kg), date_precision, origin, destination, "
        "destination_candidates FROM seizure_reports FINAL ORDER BY event_id"
    )
    assert [(r[0], float(r[1]), *r[2:5]) for r in rows] == [
        ("be-anr-2026-0118", 548.2, "DAY", "PYASU", "BEANR"),
        ("open-brssz-201804", 450.0, "MONTH", "BR", ""),
    ]
    assert json.loads(rows[1][5]) == [
        {"place": "BEANR", "weight": 0.5, "basis": "press"},
        {"place": "NLRTM", "weight": 0.5, "basis": "press"},
    ]


def test_the_newest_itinerary_of_a_container_lands(landed: Pipeline) -> None:
    assert landed.rows(
        "SELECT container_number, event_id, leg_to FROM itineraries FINAL ORDER BY 1"
    ) == [
        ("MSKU6011672", "carrier-it-0002", ["ARBUE", "BRSSZ", "NLRTM"]),
        ("TEXU3070079", "carrier-it-0000", ["ARBUE", "BRSSZ", "NLRTM"]),
    ]


def test_what_is_no_event_is_a_dead_letter_and_its_neighbours_land(landed: Pipeline) -> None:
    raw = {
        Reason.NO_FRAME: b"not avro",
        Reason.UNKNOWN_SCHEMA: b"\x00\x7f\xff\xff\xffbody",
        Reason.EMPTY: b"",
    }
    wrong = {
        Reason.WRONG_COUNTRY: {"country": "NL"},
        Reason.IMPOSSIBLE_TIME: {"occurred_at": datetime(1999, 12, 31, tzinfo=UTC)},
        Reason.NO_SITE: {"facility_locode": ""},
        Reason.BAD_CORRECTION: {"withdrawal": True},
    }
    with Producer(landed.endpoints) as producer:
        for number in range(60):
            producer.send("BR", Kind.SCAN_VERDICT, SCAN | {"event_id": f"neighbour-{number}"})
            for reason, value in raw.items():
                if number == len(reason):
                    event = SCAN | {"event_id": reason}
                    producer.send("BR", Kind.SCAN_VERDICT, event, corrupt=value)
        for reason, change in wrong.items():
            producer.send("BR", Kind.SCAN_VERDICT, SCAN | {"event_id": reason} | change)
    landed.ingest()
    assert landed.rows(
        "SELECT count() FROM scan_verdicts FINAL WHERE startsWith(event_id, 'neighbour-')"
    ) == [(60,)]
    reasons = sorted([*raw, *wrong])
    assert landed.rows("SELECT reason FROM dead_letters FINAL ORDER BY reason") == [
        (str(reason),) for reason in reasons
    ]
    letters = dead_letters(landed, "dead-letter.br.v1")
    assert sorted(letters) == reasons
    for reason, value in raw.items():
        assert (letters[reason].value() or b"") == value
        headers = dict(letters[reason].headers())
        assert headers[header("topic")] == b"customs.br.scan-verdict.v1"
        assert headers["ce_id"] == str(reason).encode()  # its own headers are kept
        assert int(headers[header("offset")]) >= 0


def dead_letters(pipeline: Pipeline, topic: str) -> dict[str, Any]:
    consumer = Consumer(
        {
            "bootstrap.servers": pipeline.endpoints.kafka,
            "group.id": "reader",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = {}
    while not (message := consumer.poll(30)).error():
        found[dict(message.headers())[header("reason")].decode()] = message
    consumer.close()
    return found


def test_an_event_before_its_itinerary_gets_its_route_later(landed: Pipeline) -> None:
    box = "GESU3927660"
    early = SCAN | {"event_id": "early", "container_number": box}
    trip = examples.load(Kind.ITINERARY)[0] | {"event_id": "late-trip", "container_number": box}
    sql = (
        "SELECT origin, destination, itinerary_recorded_at > '1970-01-02', count() "
        "FROM scan_verdicts FINAL WHERE event_id = 'early' GROUP BY ALL"
    )
    with landed.worker() as worker, Producer(landed.endpoints) as producer:
        producer.send("BR", Kind.SCAN_VERDICT, early)
        producer.flush()
        landed.until(sql, [("", "", 0, 1)])
        producer.send("PY", Kind.ITINERARY, trip)
        producer.flush()
        landed.until(sql, [("PYASU", "NLRTM", 1, 1)])
        changed = trip | {
            "event_id": "changed-trip",
            "recorded_at": datetime(2026, 5, 7, tzinfo=UTC),
            "intended_destination": "BEANR",
        }
        producer.send("PY", Kind.ITINERARY, changed)
        producer.flush()
        landed.until(sql, [("PYASU", "BEANR", 1, 1)])
        # A repeat of the event, told again after all that, changes nothing.
        producer.send("BR", Kind.SCAN_VERDICT, early)
        producer.flush()
        landed.wait(worker)
    assert landed.rows(sql) == [("PYASU", "BEANR", 1, 1)]
