"""Our client against a real registry; subjects of a test's own, so that others see no change."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from streams.contracts import registry as module
from streams.contracts import schema
from streams.contracts.registry import Registry, subjects
from streams.errors import RetryError, StopError

NAME = "scan-verdict"
Fields = list[dict[str, Any]]


@pytest.fixture
def registry(stack) -> Registry:
    return Registry(stack.endpoints.registry)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> str:
    """The only subject that there is, as far as the client knows."""
    own = f"test.{uuid4().hex[:8]}.v1-value"
    monkeypatch.setattr(module, "subjects", lambda: {own: NAME})
    return own


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Fields], Fields]], str]:
    """Make ours another version of the schema; gives its text."""

    whole = json.loads(schema.text(NAME))

    def changed(by: Callable[[Fields], Fields]) -> str:
        text = json.dumps(whole | {"fields": by(whole["fields"])})
        monkeypatch.setattr(module.schemas, "text", lambda _: text)
        return text

    return changed


def versions(stack, subject: str) -> list[int]:
    """Ask the registry directly, without our client."""
    answer = httpx.get(f"{stack.endpoints.registry}/subjects/{subject}/versions")
    return answer.json() if answer.is_success else []


def without(name: str) -> Callable[[Fields], Fields]:
    return lambda fields: [f for f in fields if f["name"] != name]


def with_field(**field: Any) -> Callable[[Fields], Fields]:
    return lambda fields: [*fields, {"doc": "New."} | field]


def retyped(name: str, avro: Any) -> Callable[[Fields], Fields]:
    return lambda fields: [f | ({"type": avro} if f["name"] == name else {}) for f in fields]


def with_symbol(fields: Fields) -> Fields:
    text = json.dumps(fields)
    return json.loads(text.replace('"INCONCLUSIVE"', '"INCONCLUSIVE", "EMPTY"'))


def test_registering_all_again_changes_nothing(stack, registry):
    first = registry.register_all()
    before = {subject: versions(stack, subject) for subject in subjects()}

    assert registry.register_all() == first
    assert [one.subject for one in first] == list(subjects())
    for one in first:
        assert versions(stack, one.subject) == before[one.subject] != []
        rule = httpx.get(f"{stack.endpoints.registry}/config/{one.subject}").json()
        assert rule["compatibilityLevel"] == "FULL_TRANSITIVE"


def test_equal_schemas_share_an_id_and_others_do_not(registry):
    ids = {(one.schema, one.schema_id) for one in registry.register_all()}

    assert len(ids) == len({name for name, _ in ids}) == len({number for _, number in ids})


def test_asking_for_an_id_never_registers(stack, registry, subject):
    with pytest.raises(StopError, match="waterbed schemas register"):
        registry.id_of(subject)

    assert versions(stack, subject) == []


def test_the_id_is_of_our_schema_although_a_newer_one_is_registered(registry, subject, change):
    [ours] = registry.register_all()
    old = schema.text(NAME)
    change(with_field(name="lane", type=["null", "string"], default=None))
    [newer] = registry.register_all()

    assert newer.version == 2
    assert registry.id_of(subject) == newer.schema_id != ours.schema_id
    change(lambda _: json.loads(old)["fields"])
    assert registry.id_of(subject) == ours.schema_id


def test_every_version_ever_registered_can_be_read(registry, subject, change):
    [first] = registry.register_all()
    change(with_field(name="lane", type=["null", "string"], default=None))
    [second] = registry.register_all()

    found = registry.writers(subject)

    assert {i: len(s["fields"]) for i, s in found.items()} == {
        first.schema_id: 20,
        second.schema_id: 21,
    }
    assert registry.schema_by_id(second.schema_id) == found[second.schema_id]


def test_a_subject_without_versions_has_no_writers(registry, subject):
    assert registry.writers(subject) == {}


@pytest.mark.parametrize(
    "by",
    [
        with_field(name="lane", type=["null", "string"], default=None),
        without("uff_version"),
        with_symbol,
    ],
    ids=["add an optional field", "remove an optional field", "add a code"],
)
def test_a_compatible_change_is_accepted(stack, registry, subject, change, by):
    registry.register_all()
    text = change(by)

    assert registry.check(subject, text)
    [done] = registry.register_all()
    assert done.version == 2
    assert versions(stack, subject) == [1, 2]


@pytest.mark.parametrize(
    "by",
    [
        without("algorithm"),
        with_field(name="lane", type="string"),
        retyped("algorithm", "long"),
        retyped("facility_locode", ["null", "string"]),
    ],
    ids=["remove a required field", "add a required field", "change a type", "make nullable"],
)
def test_a_breaking_change_is_refused_with_409(stack, registry, subject, change, by):
    registry.register_all()
    text = change(by)

    assert not registry.check(subject, text)
    with pytest.raises(StopError, match=r"breaks compatibility \(FULL_TRANSITIVE\)"):
        registry.register_all()
    answer = httpx.post(
        f"{stack.endpoints.registry}/subjects/{subject}/versions",
        json={"schema": text, "schemaType": "AVRO"},
    )
    assert answer.status_code == 409
    assert versions(stack, subject) == [1]


@pytest.mark.usefixtures("subject")
def test_a_field_can_not_come_back_with_another_type(registry, change):
    # Compatible with the version before, but not with all before it: hence TRANSITIVE.
    change(with_field(name="lane", type=["null", "string"], default=None))
    registry.register_all()
    change(lambda fields: fields)
    registry.register_all()
    change(with_field(name="lane", type=["null", "long"], default=None))

    with pytest.raises(StopError, match="breaks compatibility"):
        registry.register_all()


def test_an_id_that_nobody_gave_is_refused(registry):
    with pytest.raises(StopError, match="knows no schema id 2147483632"):
        registry.schema_by_id(0x7FFF_FFF0)


def test_a_subject_that_is_not_ours_is_refused(registry):
    with pytest.raises(StopError, match="none of our subjects"):
        registry.id_of("customs.xx.scan-verdict.v1-value")


def test_a_registry_that_is_away_is_told_with_what_to_do(caplog):
    away = Registry("http://127.0.0.1:1/apis/ccompat/v7")

    for ask in (
        lambda: away.id_of("customs.br.scan-verdict.v1-value"),
        lambda: away.schema_by_id(1),
        lambda: away.writers("x"),
        away.register_all,
        lambda: away.wait_ready(0.5),
    ):
        with pytest.raises(RetryError, match=r"does not answer .* waterbed local up|WATERBED_REG"):
            ask()
    assert "Waiting: The schema registry" in caplog.text


def test_waiting_ends_at_once_when_the_registry_answers(registry, caplog):
    registry.wait_ready(60)

    assert "Waiting" not in caplog.text
