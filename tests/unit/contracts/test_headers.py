from datetime import UTC, datetime, timedelta, timezone

import pytest

from streams.contracts.headers import cloud_event

AT = datetime(2026, 5, 4, 10, 15, 27, 250_000, tzinfo=UTC)


def test_headers_are_cloud_events_in_binary_mode():
    assert cloud_event("BR", "scan-verdict", "br-1", AT) == [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"br-1"),
        ("ce_source", b"/customs/br"),
        ("ce_type", b"waterbed.scan-verdict.v1"),
        ("ce_time", b"2026-05-04T10:15:27.250Z"),
        ("content-type", b"application/avro"),
    ]


@pytest.mark.parametrize(
    ("partner", "source"),
    [("NL", b"/customs/nl"), ("OPEN", b"/open"), ("WATERBED", b"/waterbed")],
)
def test_the_source_tells_partners_open_sources_and_us_apart(partner, source):
    assert dict(cloud_event(partner, "seizure-report", "x", AT))["ce_source"] == source


@pytest.mark.parametrize(
    "same", [1_777_889_727_250, AT.astimezone(timezone(timedelta(hours=5, minutes=30)))]
)
def test_the_time_is_utc_however_it_was_given(same):
    assert dict(cloud_event("BR", "k", "x", same))["ce_time"] == b"2026-05-04T10:15:27.250Z"


def test_ids_are_utf_8():
    assert dict(cloud_event("BR", "k", "apreensão", AT))["ce_id"].decode() == "apreensão"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        cloud_event("BR", "k", "x", datetime(2026, 5, 4))  # noqa: DTZ001 - the fault
