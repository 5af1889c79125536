import io
from datetime import UTC, date, datetime
from decimal import Decimal

import fastavro

from streams.analyse import publish
from streams.analyse.recompute import Sum
from streams.contracts import encode, schema
from streams.names import ACTIVITY

TOTAL = Sum(
    day=date(2026, 5, 4),
    date_precision="DAY",
    origin="PYASU",
    destination="",
    interception_place="BEANR",
    direction="IMPORT",
    provenance="PARTNER",
    corridor="PYASU>?",
    country_corridor="PY>?",
    scans=0,
    suspects=0,
    inconclusive=0,
    camera_events=0,
    seizures=2,
    kilos=Decimal("530.250"),
    revision=12,
)
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_the_key_names_everything_a_sum_is_of() -> None:
    assert publish.key(TOTAL) == "PYASU>?|BEANR|IMPORT|PARTNER|DAY|2026-05-04"


def test_sums_that_differ_in_one_dimension_have_other_keys() -> None:
    others = [
        TOTAL._replace(corridor="PYASU>BEANR"),
        TOTAL._replace(interception_place="NLRTM"),
        TOTAL._replace(direction="TRANSIT"),
        TOTAL._replace(provenance="SYNTHETIC"),
        TOTAL._replace(date_precision="MONTH"),
        TOTAL._replace(day=date(2026, 5, 5)),
    ]

    assert len({publish.key(total) for total in [TOTAL, *others]}) == 7


def test_a_message_is_read_back_as_it_was() -> None:
    sent = publish.message(TOTAL, 9, AT)

    schema_id, body = encode.unframe(sent.value)
    read = fastavro.schemaless_reader(io.BytesIO(body), schema.load(ACTIVITY))

    assert schema_id == 9
    assert read["day"] == TOTAL.day
    assert (read["origin"], read["intended_destination"]) == ("PYASU", "")
    assert (read["seizures"], read["kilos"], read["revision"]) == (2, 530.25, 12)
    assert sent.key.decode() == publish.key(TOTAL)


def test_headers_name_the_key_and_the_revision() -> None:
    headers = dict(publish.message(TOTAL, 9, AT).headers)

    assert headers["ce_id"].decode() == publish.key(TOTAL) + "@12"
    assert headers["ce_source"] == b"/waterbed/analyse"
    assert headers["ce_type"] == b"waterbed.corridor-activity.v1"
