"""The decoder against fastavro alone: what becomes of a value must not depend on its neighbours."""

import copy
import io
import json
import math
import struct

import fastavro
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streams.contracts import examples, schema
from streams.contracts.columns import ROW, physical
from streams.contracts.dead_letters import Reason
from streams.contracts.decode import BLOCK, SMALL, Decoder
from streams.names import Kind

READER = schema.load(Kind.SCAN_VERDICT)
CAMERA = schema.load(Kind.CAMERA_EVENT)

#: Writer schema ids: the reader's own, one with less, one with more, another kind's, an unknown.
OWN, LESS, MORE, UNKNOWN = 7, 8, 300, 9


def changed(name, change):
    """Another version of a schema."""
    fresh = json.loads(schema.text(name))
    change(fresh["fields"])
    return fastavro.parse_schema(fresh)


def one_field_less(fields):
    fields[:] = [f for f in fields if f["name"] != "uff_version"]


def one_field_and_one_symbol_more(fields):
    fields.insert(3, {"name": "scanner", "type": ["null", "long"], "default": None})
    verdict = next(f for f in fields if f["name"] == "verdict")
    verdict["type"]["symbols"].append("UNREADABLE")


WRITERS = {
    OWN: READER,
    LESS: changed(Kind.SCAN_VERDICT, one_field_less),
    MORE: changed(Kind.SCAN_VERDICT, one_field_and_one_symbol_more),
}
PLAIN = {schema_id: fastavro.parse_schema(physical(s)) for schema_id, s in WRITERS.items()}

longs = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([-(2**63), 2**63 - 1, -1, 0, 63, 64, -64, -65, 2**31, 2**62]),
)
texts = st.one_of(st.text(max_size=20), st.just("x" * 64), st.just(""), st.just("ж" * 40))


def held(avro):
    """Any value of an Avro type."""
    if isinstance(avro, list):
        return st.one_of(*(held(branch) for branch in avro))
    if isinstance(avro, dict):
        match avro["type"]:
            case "enum":
                return st.sampled_from(avro["symbols"])
            case "array":
                return st.lists(held(avro["items"]), max_size=3)
            case "record":
                return st.fixed_dictionaries({f["name"]: held(f["type"]) for f in avro["fields"]})
            case plain:
                return held(plain)
    return {
        "null": st.none(),
        "string": texts,
        "long": longs,
        "int": st.integers(-(2**31), 2**31 - 1),
        "double": st.floats(),
        "boolean": st.booleans(),
    }[avro]


def written(plain, record, schema_id):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, plain, record)
    return b"\x00" + struct.pack(">i", schema_id) + out.getvalue()


def values_of(schema_id, plain=None):
    plain = plain or PLAIN[schema_id]
    return held(plain).map(lambda record: written(plain, record, schema_id))


good = st.one_of(*(values_of(schema_id) for schema_id in WRITERS))


@st.composite
def spoilt(draw):
    """A good value with something done to it."""
    value = draw(good)
    match draw(st.sampled_from(["cut", "extended", "flipped", "doubled", "id", "first byte"])):
        case "cut":
            return value[: draw(st.integers(0, len(value) - 1))]
        case "extended":
            return value + draw(st.binary(min_size=1, max_size=12))
        case "flipped":
            bit = draw(st.integers(0, len(value) * 8 - 1))
            flipped = bytearray(value)
            flipped[bit // 8] ^= 1 << bit % 8
            return bytes(flipped)
        case "doubled":
            return value + value[5:]
        case "id":
            other = draw(st.sampled_from([*WRITERS, UNKNOWN, -1, 2**31 - 1]))
            return b"\x00" + struct.pack(">i", other) + value[5:]
        case _:
            return draw(st.binary(min_size=1, max_size=1)) + value[1:]


garbage = st.one_of(spoilt(), st.binary(max_size=60), st.none(), st.just(b""), st.just(b"\x00" * 5))


def decoder(reader=READER, writers=None):
    return Decoder(reader, lambda: writers or WRITERS)


def by_fastavro(value, reader=READER, writers=None):  # noqa: PLR0911 - one for each reason
    """Give the record, or the reason why there is none."""
    writers = writers or WRITERS
    if not value:
        return Reason.EMPTY
    if len(value) < 5 or value[0] != 0:
        return Reason.NO_FRAME
    schema_id = int.from_bytes(value[1:5], "big", signed=True)
    if schema_id not in writers:
        return Reason.UNKNOWN_SCHEMA
    stream = io.BytesIO(value[5:])
    plain = [fastavro.parse_schema(physical(s)) for s in (writers[schema_id], reader)]
    try:
        record = fastavro.schemaless_reader(stream, *plain)
    except Exception:  # noqa: BLE001 - fastavro raises whatever its parts raise
        return Reason.UNDECODABLE
    if stream.read():
        return Reason.TRAILING_BYTES
    ints = [f["name"] for f in plain[1]["fields"] if f["type"] == "int"]
    if any(not -(2**31) <= record[name] < 2**31 for name in ints):
        return Reason.UNDECODABLE
    return record


def same(one, other):
    """Equal, nan too, and of one type."""
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("d", one) == struct.pack("d", other) or (
            math.isnan(one) and math.isnan(other)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def outcomes(decoded, n):
    """What became of each value: a record or a reason; fails unless each is in exactly one."""
    found = {}
    for record in decoded.frame.iter_rows(named=True):
        row = record.pop(ROW)
        assert row not in found
        found[row] = record
    for bad in decoded.bad:
        assert bad.row not in found
        found[bad.row] = bad.reason
    assert set(found) == set(range(n))
    return [found[row] for row in range(n)]


def assert_as_by_fastavro(values, reader=READER, writers=None):
    wanted = [by_fastavro(value, reader, writers) for value in values]
    found = outcomes(decoder(reader, writers).decode(values), len(values))
    differing = [i for i, pair in enumerate(zip(found, wanted, strict=True)) if not same(*pair)]
    assert not differing, (values[differing[0]], found[differing[0]], wanted[differing[0]])


@settings(max_examples=60, deadline=None)
@given(st.lists(values_of(OWN), min_size=1, max_size=8), st.integers(1, 30))
def test_records_of_one_schema_are_as_fastavro_reads_them(values, times):
    assert_as_by_fastavro(values * times)


@settings(max_examples=60, deadline=None)
@given(values_of(OWN), garbage, st.integers(0, 4 * SMALL))
def test_a_broken_value_changes_nothing_for_those_beside_it(value, broken, at):
    values = [value] * (4 * SMALL)
    values[at:at] = [broken]

    assert_as_by_fastavro(values)


@settings(max_examples=100, deadline=None)
@given(good | garbage, st.lists(good | garbage, max_size=6), st.integers(1, 20), st.data())
def test_what_becomes_of_a_value_is_the_same_in_any_company(value, company, times, data):
    company = company * times
    at = data.draw(st.integers(0, len(company)))
    (alone,) = outcomes(decoder().decode([value]), 1)

    together = outcomes(decoder().decode([*company[:at], value, *company[at:]]), len(company) + 1)

    assert same(together[at], alone)
    assert same(alone, by_fastavro(value))


@settings(max_examples=3, deadline=None)
@given(values_of(OWN), st.data())
def test_every_flipped_bit_has_the_same_outcome_in_a_block(value, data):
    first = data.draw(st.integers(5, max(5, len(value) - SMALL)))
    for place in range(first, min(first + 8, len(value))):
        for bit in range(8):
            broken = bytearray(value)
            broken[place] ^= 1 << bit
            wanted = by_fastavro(bytes(broken))
            found = outcomes(decoder().decode([value] * SMALL + [bytes(broken)]), SMALL + 1)
            assert same(found[SMALL], wanted), (place, bit)


@settings(max_examples=60, deadline=None)
@given(values_of(OWN), values_of(OWN), st.integers(1, 12), st.integers(0, 3 * SMALL))
def test_a_cut_value_is_not_made_good_by_an_extended_one(one, other, shift, at):
    assume(len(one) - shift > 5)
    shifted = [one[:-shift], other[:5] + one[-shift:] + other[5:]]
    backwards = [one + other[5 : 5 + shift], other[:5] + other[5 + shift :]]
    padding = [one] * (3 * SMALL)

    assert_as_by_fastavro([*padding[:at], *shifted, *padding[at:], *backwards])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([Kind.ITINERARY, Kind.SEIZURE_REPORT, Kind.CAMERA_EVENT]), st.data())
def test_other_kinds_too_nested_ones_included(kind, data):
    reader = schema.load(kind)
    plain = fastavro.parse_schema(physical(reader))
    values = data.draw(st.lists(values_of(OWN, plain), min_size=1, max_size=5))
    broken = data.draw(st.lists(garbage | st.sampled_from([v[:-1] for v in values]), max_size=3))

    assert_as_by_fastavro(values * 10 + broken + values, reader, {OWN: reader})


@pytest.mark.parametrize("kind", list(Kind))
def test_the_examples_are_read_with_times_in_milliseconds(kind):
    reader = schema.load(kind)
    records = examples.load(kind)
    out = [io.BytesIO() for _ in records]
    for stream, record in zip(out, records, strict=True):
        fastavro.schemaless_writer(stream, reader, record)
    values = [b"\x00\x00\x00\x00\x07" + stream.getvalue() for stream in out] * SMALL

    decoded = decoder(reader, {OWN: reader}).decode(values)

    assert not decoded.bad
    assert (
        decoded.frame["occurred_at"].to_list()
        == [round(record["occurred_at"].timestamp() * 1000) for record in records] * SMALL
    )


@pytest.mark.parametrize("n", [0, 1, SMALL, SMALL + 1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_rows_are_counted_through_the_whole_batch(n):
    value = written(PLAIN[OWN], by_fastavro(EXAMPLE), OWN)
    values = [value] * n
    if n > 1:
        values[n // 2] = b"broken"

    decoded = decoder().decode(values)

    rows = [*decoded.frame[ROW], *(bad.row for bad in decoded.bad)]
    assert sorted(rows) == list(range(n))
    assert [bad.row for bad in decoded.bad] == ([n // 2] if n > 1 else [])
    assert decoded.frame.schema[ROW] == pl.Int32
    assert decoded.frame.columns == [*(f["name"] for f in READER["fields"]), ROW]


def example():
    out = io.BytesIO()
    fastavro.schemaless_writer(out, READER, examples.load(Kind.SCAN_VERDICT)[0])
    return b"\x00\x00\x00\x00\x07" + out.getvalue()


EXAMPLE = example()


def test_what_an_older_writer_lacks_gets_its_default_and_what_a_newer_one_adds_goes():
    record = by_fastavro(EXAMPLE) | {"uff_version": "2", "scanner": 2**40}
    older = written(PLAIN[LESS], record, LESS)
    newer = written(PLAIN[MORE], record | {"verdict": "UNREADABLE"}, MORE)

    found = outcomes(decoder().decode([older] * (SMALL + 1)), SMALL + 1)
    found += outcomes(decoder().decode([newer] * (SMALL + 1)), SMALL + 1)

    assert {f["uff_version"] for f in found} == {None, "2"}
    assert [f["verdict"] for f in found[-SMALL:]] == ["UNKNOWN"] * SMALL
    assert not any("scanner" in f for f in found)


def camera_with(**fields):
    record = json.loads(json.dumps(examples.load(Kind.CAMERA_EVENT)[0], default=lambda _: 10**12))
    # A long in place of the int is what a careless writer sends.
    wide = copy.deepcopy(json.loads(schema.text(Kind.CAMERA_EVENT)))
    for field in wide["fields"]:
        field["type"] = "long" if field["type"] == "int" else field["type"]
    return written(fastavro.parse_schema(physical(wide)), record | fields, OWN)


@pytest.mark.parametrize("year", [2**31, -(2**31) - 1, 2**40, 2**32 + 2026])
@pytest.mark.parametrize("company", [0, SMALL])
def test_an_int_of_more_than_32_bits_is_set_apart_alone_and_in_a_block(year, company):
    values = [camera_with(camera_plan_year=2026)] * company
    values.append(camera_with(camera_plan_year=year))

    decoded = decoder(CAMERA, {OWN: CAMERA}).decode(values)

    assert [(bad.row, bad.reason) for bad in decoded.bad] == [(company, Reason.UNDECODABLE)]


@pytest.mark.parametrize("ending", [b"\x00", b"\x01", b"\x02", b"\x80\x00", b"\x81\x00", b"\x81"])
def test_truth_values_are_read_alike_alone_and_in_a_block(ending):
    assert_as_by_fastavro([EXAMPLE] * SMALL + [EXAMPLE[:-1] + ending])
    assert_as_by_fastavro([EXAMPLE[:-1] + ending])


def test_numbers_written_longer_than_they_need_be_are_read_alike():
    assert EXAMPLE[5] < 0x80
    padded = EXAMPLE[:5] + bytes([EXAMPLE[5] | 0x80, 0]) + EXAMPLE[6:]

    assert by_fastavro(padded) == by_fastavro(EXAMPLE)
    assert_as_by_fastavro([EXAMPLE] * SMALL + [padded])


@pytest.mark.parametrize("length", [2**40, 2**62, -1, 10**4])
def test_a_length_beyond_the_value_is_no_danger(length):
    zigzag, out = (length << 1) ^ (length >> 63), bytearray()
    while zigzag > 0x7F:
        out.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    broken = EXAMPLE[:5] + bytes(out) + bytes([zigzag]) + EXAMPLE[6:]

    decoded = decoder().decode([EXAMPLE] * SMALL + [broken] + [EXAMPLE] * SMALL)

    assert [(bad.row, bad.reason) for bad in decoded.bad] == [(SMALL, Reason.UNDECODABLE)]


def test_the_detail_and_the_schema_id_tell_what_was_wrong_and_no_content():
    other = b"\x00" + struct.pack(">i", UNKNOWN) + EXAMPLE[5:]

    bad = decoder().decode([EXAMPLE + b"ab", other, EXAMPLE[:9], b"{}", None]).bad

    assert [(b.reason, b.schema_id) for b in bad] == [
        (Reason.TRAILING_BYTES, OWN),
        (Reason.UNKNOWN_SCHEMA, UNKNOWN),
        (Reason.UNDECODABLE, OWN),
        (Reason.NO_FRAME, -1),
        (Reason.EMPTY, -1),
    ]
    assert bad[0].detail == "2 bytes follow the record"


def test_a_schema_that_is_registered_later_is_asked_for_again():
    known = {}
    late = Decoder(READER, lambda: known)

    assert late.decode([EXAMPLE]).bad[0].reason is Reason.UNKNOWN_SCHEMA
    known[OWN] = READER
    assert not late.decode([EXAMPLE]).bad


def test_known_schemas_are_not_asked_for_again():
    asked = []
    once = Decoder(READER, lambda: asked.append(1) or WRITERS)

    once.decode([EXAMPLE] * 3)
    once.decode([EXAMPLE] * 3 * SMALL)

    assert asked == [1]
