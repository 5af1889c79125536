import pytest

from streams.contracts.registry import subjects
from streams.contracts.topics import Change, Topic, _changes, declared
from streams.errors import StopError
from streams.names import (
    ACTIVITY_TOPIC,
    ALERT_TOPIC,
    OPEN,
    PARTNERS,
    TOUCHED_WINDOW_TOPIC,
    Kind,
    dead_letter_topic,
    event_topic,
    event_topics,
)

DAY_MS = 24 * 60 * 60 * 1000
TOPICS = {topic.name: topic for topic in declared()}
IMAGES = [event_topic(p, Kind.CAMERA_EVENT) for p in PARTNERS] + [
    dead_letter_topic(p) for p in (*PARTNERS, OPEN)
]


def test_exactly_the_topics_that_are_used_are_declared():
    ours = [TOUCHED_WINDOW_TOPIC, ACTIVITY_TOPIC, ALERT_TOPIC]
    dead = [dead_letter_topic(partner) for partner in (*PARTNERS, OPEN)]

    assert sorted(TOPICS) == sorted([*event_topics(), *ours, *dead])
    assert len(declared()) == len(TOPICS)


def test_every_topic_but_dead_letters_has_a_subject():
    with_schema = {subject.removesuffix("-value") for subject in subjects()}

    assert with_schema == {name for name in TOPICS if not name.startswith("dead-letter.")}


@pytest.mark.parametrize("name", IMAGES)
def test_image_references_are_gone_within_28_days(name):
    config = TOPICS[name].config
    # Kafka deletes whole segments: the oldest message waits for the newest of its segment, then
    # up to five minutes for the cleaner and one for the file.
    longest = int(config["retention.ms"]) + int(config["segment.ms"]) + 6 * 60_000

    assert longest < 28 * DAY_MS
    assert config.get("cleanup.policy", "delete") == "delete"


@pytest.mark.parametrize("name", event_topics())
def test_kafka_stamps_events_so_that_no_partner_can_say_when_they_came(name):
    assert TOPICS[name].config["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize(
    ("name", "partitions", "compacted"),
    [
        ("customs.br.scan-verdict.v1", 4, False),
        ("customs.py.camera-event.v1", 2, False),
        ("customs.be.seizure-report.v1", 1, False),
        ("customs.nl.itinerary.v1", 2, True),
        ("open.seizure-report.v1", 1, False),
        ("pipeline.touched-window.v1", 4, False),
        ("intel.corridor-activity.v1", 4, True),
        ("intel.route-shift-alert.v1", 1, False),
        ("dead-letter.open.v1", 1, False),
    ],
)
def test_partitions_and_compaction(name, partitions, compacted):
    topic = TOPICS[name]

    assert topic.partitions == partitions
    assert (topic.config.get("cleanup.policy") == "compact") is compacted


def test_partner_prefixes_do_not_overlap():
    # An access rule for the prefix `customs.b` would open both be and br.
    assert all(
        name.split(".")[1] in {"br", "py", "be", "nl"} for name in TOPICS if "customs" in name
    )


WANTED = Topic("t", 2, {"retention.ms": "5"})


@pytest.mark.parametrize(
    ("partitions", "config", "changes"),
    [
        (None, {}, [Change("t", "partitions", None, "2")]),
        (2, {"retention.ms": "5", "other": "1"}, []),
        (1, {"retention.ms": "5"}, [Change("t", "partitions", "1", "2")]),
        (2, {"retention.ms": "6"}, [Change("t", "retention.ms", "6", "5")]),
        (2, {}, [Change("t", "retention.ms", "", "5")]),
    ],
)
def test_only_differences_are_changed(partitions, config, changes):
    assert list(_changes(WANTED, partitions, config)) == changes


def test_partitions_are_never_lowered():
    with pytest.raises(StopError, match="3 partitions and Kafka can't take any away"):
        list(_changes(WANTED, 3, {}))


@pytest.mark.parametrize(
    "text",
    [
        "topics: {a: {partitions: 1}}",
        "defaults: {config: {}}\ntopics: {a: {partitions: 0}}",
        "defaults: {config: {}}\ntopics: {a: {partitions: 1, retention: 5}}",
        "defaults: {config: {}}\ntopics: {a: [",
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path, text):
    file = tmp_path / "topics.yaml"
    file.write_text(text)

    with pytest.raises(StopError, match="is no list of topics"):
        declared(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(StopError, match="is no list of topics"):
        declared(tmp_path / "topics.yaml")
