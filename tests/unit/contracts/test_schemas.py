import io
import re
from typing import Any

import fastavro
import pytest
from fastavro.validation import validate

from streams.contracts import describe, examples, schema
from streams.contracts.columns import is_columnar
from streams.contracts.encode import body
from streams.errors import StopError
from streams.names import ACTIVITY, ALERT, TOUCHED_WINDOW, Kind

NAMES = sorted([*Kind, TOUCHED_WINDOW, ACTIVITY, ALERT])
EXAMPLES = [(name, record) for name in NAMES for record in examples.load(name)]

#: Words that would name a person, a document or a vehicle's plate; as parts of a field's name.
PERSONAL = {"person", "name", "driver", "passport", "birth", "gender", "nationality", "plate"} | {
    "face", "email", "phone", "address", "cpf", "operator", "officer", "suspect", "user", "owner",
}  # fmt: skip


def fields(name: str) -> list[dict[str, Any]]:
    return [field for record in describe.records(schema.load(name)) for field in record["fields"]]


def test_every_kind_and_every_published_message_has_a_schema():
    assert list(schema.names()) == [str(name) for name in NAMES]


def test_an_unknown_schema_is_told_with_the_known_ones():
    with pytest.raises(StopError, match=r"No schema is named nothing.*scan-verdict"):
        schema.load("nothing")


@pytest.mark.parametrize(("name", "record"), EXAMPLES)
def test_examples_are_records_of_their_schema(name, record):
    assert validate(record, schema.load(name), strict=True)
    assert list(record) == [field["name"] for field in schema.load(name)["fields"]]


@pytest.mark.parametrize(("name", "record"), EXAMPLES)
def test_examples_come_back_as_they_were(name, record):
    stream = io.BytesIO(body(name, record))

    assert fastavro.schemaless_reader(stream, schema.load(name), None) == record
    assert not stream.read()


@pytest.mark.parametrize("name", [*Kind])
def test_each_kind_has_examples_of_several_situations(name):
    records = examples.load(name)

    assert len({record["event_id"] for record in records}) == len(records) >= 2
    if name is not Kind.ITINERARY:
        assert any(record["retracted_event_id"] for record in records)


@pytest.mark.parametrize("name", [Kind.SCAN_VERDICT, Kind.CAMERA_EVENT])
def test_hot_schemas_stay_readable_as_columns(name):
    # The columnar reader takes scalars, enums and nullable scalars; a nullable enum or a map
    # would silently send every event down the slow path.
    assert is_columnar(schema.load(name))
    for field in schema.load(name)["fields"]:
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        kinds = [b if isinstance(b, str) else b["type"] for b in branches]
        assert not {"map", "array", "record", "bytes", "fixed"} & set(kinds), field["name"]
        assert not {"null", "enum"} <= set(kinds), field["name"]


@pytest.mark.parametrize("name", NAMES)
def test_every_field_and_record_says_what_it_means(name):
    assert schema.load(name)["doc"]
    assert [f["name"] for f in fields(name) if not f.get("doc")] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_field_could_name_a_person(name):
    words = {f["name"]: set(re.split("_", f["name"])) for f in fields(name)}
    # A count of scans with the verdict SUSPECT.
    found = {n for n, parts in words.items() if parts & PERSONAL} - {"suspects"}

    assert found == set()
    assert all(f["name"].endswith("_role") for f in fields(name) if "actor" in f["name"])


@pytest.mark.parametrize("name", NAMES)
def test_every_code_list_begins_with_unknown_as_default(name):
    # So an older reader can take an event with a code that is newer than itself.
    for enum in describe.enums(schema.load(name)):
        assert (enum["symbols"][0], enum["default"]) == ("UNKNOWN", "UNKNOWN"), enum["name"]


@pytest.mark.parametrize("kind", [*Kind])
def test_optional_fields_have_defaults(kind):
    optional = [f for f in fields(kind) if isinstance(f["type"], list)]

    assert [f["name"] for f in optional if f["type"][0] != "null" or "default" not in f] == []


def test_camera_purposes_are_the_four_lawful_ones():
    [purposes] = [
        enum["symbols"]
        for enum in describe.enums(schema.load(Kind.CAMERA_EVENT))
        if enum["name"].endswith("CameraPurpose")
    ]

    assert purposes[1:] == [
        "RISK_MAPPING",
        "EXPOSURE_LIMITATION",
        "CONTROL_DECISION",
        "CONTROL_SUPPORT",
    ]


def test_the_page_is_what_the_schemas_say():
    page = describe.PAGE.read_text("utf-8")

    assert describe.page(page) == page, "run: python -m streams.contracts.describe"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_every_field_and_the_readme_every_schema(name):
    page = describe.PAGE.read_text("utf-8")

    assert [f["name"] for f in fields(name) if f"| `{f['name']}` |" not in page] == []
    assert f"`{name}`" in (schema.FOLDER / "README.md").read_text("utf-8")
