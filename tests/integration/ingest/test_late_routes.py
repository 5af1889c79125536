"""Late routes that the plain way misses: another worker's event, a worker that died between."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread

import polars as pl
import pytest
from confluent_kafka import Consumer
from ingest_pipeline import PATIENCE, Pipeline

from streams.contracts import examples
from streams.ingest.reroute import reroute
from streams.names import INGEST_GROUP, PARTNERS, Kind, event_topic
from streams.partners.producer import Producer
from streams.routes.corridors import Routes
from streams.routes.itineraries import COLUMNS, Itineraries
from streams.store.client import connect

SCAN = next(e for e in examples.load(Kind.SCAN_VERDICT) if not e["retracted_event_id"])
SITE = f"{SCAN['facility_locode']}/{SCAN['facility_terminal']}"
TRIP = examples.load(Kind.ITINERARY)[0]
MINUTE = int(SCAN["occurred_at"].timestamp()) // 60 * 60_000


def send(shared: Pipeline, partner: str, kind: Kind, event: dict[str, object]) -> None:
    with Producer(shared.endpoints) as producer:
        producer.send(partner, kind, event)


def route_of(event_id: str) -> str:
    return f"SELECT origin, destination FROM scan_verdicts FINAL WHERE event_id = '{event_id}'"


@pytest.fixture
def holder(shared: Pipeline) -> Iterator[None]:
    """Another member of the group that has all itineraries and lands none of them."""
    consumer = Consumer(
        {
            "bootstrap.servers": shared.endpoints.kafka,
            "group.id": INGEST_GROUP,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "cooperative-sticky",
        }
    )
    done = Event()
    topics = [event_topic(partner, Kind.ITINERARY) for partner in PARTNERS]
    consumer.subscribe(topics)
    deadline = time.monotonic() + PATIENCE
    while len({p.topic for p in consumer.assignment()}) < len(topics):
        consumer.poll(0.2)
        assert time.monotonic() < deadline

    def stay() -> None:
        while not done.is_set():
            consumer.poll(0.2)

    thread = Thread(target=stay)
    thread.start()
    yield
    done.set()
    thread.join()
    consumer.close()


@pytest.mark.usefixtures("holder")
def test_an_itinerary_that_another_worker_lands_too_early_still_routes_the_event(
    shared: Pipeline,
) -> None:
    box = "HLBU1234567"
    with shared.worker():
        send(shared, "BR", Kind.SCAN_VERDICT, SCAN | {"event_id": "raced", "container_number": box})
        shared.until(route_of("raced"), [("", "")])
        send(shared, "PY", Kind.ITINERARY, TRIP | {"event_id": "raced-it", "container_number": box})
        shared.until(route_of("raced"), [("PYASU", "NLRTM")])
    assert shared.rows(f"SELECT count() FROM itineraries WHERE container_number = '{box}'") == [
        (0,)
    ]


def test_a_route_that_was_landed_but_never_told_is_told_when_tried_again(
    shared: Pipeline,
) -> None:
    box = "TGHU7654321"
    send(shared, "BR", Kind.SCAN_VERDICT, SCAN | {"event_id": "untold", "container_number": box})
    shared.ingest()
    itineraries = Itineraries(Routes())
    recorded = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp() * 1000)
    told = (box, 1, 0, "PYASU|NLRTM", "SEA", "NLRTM", recorded, 0)
    itineraries.add(pl.DataFrame([told], schema=COLUMNS, orient="row"))
    with connect(shared.endpoints) as client:
        first = reroute(client, itineraries, [box])
        [(table, rows)] = first.tables
        client.insert_arrow(table, rows)
        again = reroute(client, itineraries, [box])
    assert shared.rows(route_of("untold")) == [("PYASU", "NLRTM")]
    assert again.tables == []
    assert again.windows == first.windows == {(Kind.SCAN_VERDICT, MINUTE, SITE)}


def test_a_withdrawn_itinerary_takes_its_route_back(shared: Pipeline) -> None:
    box = "CMAU4242424"
    trip = TRIP | {"container_number": box}
    gone = trip | {
        "event_id": "gone-2",
        "status": "WITHDRAWN",
        "recorded_at": datetime(2026, 5, 9, tzinfo=UTC),
    }
    send(shared, "PY", Kind.ITINERARY, trip | {"event_id": "gone-1"})
    shared.ingest()
    with shared.worker():
        send(shared, "BR", Kind.SCAN_VERDICT, SCAN | {"event_id": "back", "container_number": box})
        shared.until(route_of("back"), [("PYASU", "NLRTM")])
        send(shared, "PY", Kind.ITINERARY, gone)
        shared.until(route_of("back"), [("", "")])
