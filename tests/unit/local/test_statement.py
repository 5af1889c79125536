import pytest

from streams.local.clickhouse_http.errors import ServerError
from streams.local.clickhouse_http.request import decoded, parse
from streams.local.clickhouse_http.statement import answers_rows, output_format, parse_insert


@pytest.mark.parametrize(
    ("text", "statement", "form", "data"),
    [
        (b"INSERT INTO t FORMAT Native\n\x00\x01", "INSERT INTO t ", "Native", b"\x00\x01"),
        (
            b"insert into t (a, `format`) format CSV 1,2",
            "insert into t (a, `format`) ",
            "CSV",
            b"1,2",
        ),
        (
            b"-- why\nINSERT INTO d.t SETTINGS a=1 FORMAT TSV\r\n",
            "-- why\nINSERT INTO d.t SETTINGS a=1 ",
            "TSV",
            b"",
        ),
        (b"INSERT INTO t FORMAT CSV;\n7", "INSERT INTO t ", "CSV", b"7"),
        (b"INSERT INTO t FORMAT CSV\n\n7", "INSERT INTO t ", "CSV", b"\n7"),
    ],
)
def test_insert_is_split_at_its_format(text, statement, form, data):
    found = parse_insert(text)
    assert found is not None
    assert (found.statement, found.format, found.data) == (statement, form, data)


@pytest.mark.parametrize(
    "text",
    [
        b"SELECT 1 FORMAT Native",
        b"INSERT INTO t VALUES (1, 'FORMAT CSV 2')",
        b"INSERT INTO t SELECT 1 FORMAT Null",
        b"INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        b"",
    ],
)
def test_other_statements_have_no_data(text):
    assert parse_insert(text) is None


def test_format_clause_beats_the_default():
    assert output_format(b"SELECT 1 FORMAT Arrow SETTINGS max_threads = 1;", "CSV") == "Arrow"
    assert output_format(b"SELECT 'FORMAT' AS a", "CSV") == "CSV"


def test_only_statements_with_rows_report_a_format():
    assert answers_rows(b"/* x */ (SELECT 1)")
    assert not answers_rows(b"CREATE TABLE t (a UInt8) ENGINE = Memory")


def test_query_parameter_comes_before_the_body():
    assert parse({"query": "SELECT"}, {}, b"1").text == b"SELECT\n1"


def test_protocol_parameters_are_no_settings():
    request = parse(
        {"query": "SELECT 1", "session_id": "x", "param_a": "1", "max_threads": "2"}, {}, b""
    )
    assert request.settings == {"param_a": "1", "max_threads": "2"}


@pytest.mark.parametrize("encoding", ["snappy", "gzip"])
def test_bad_encodings_are_refused(encoding):
    with pytest.raises(ServerError):
        decoded(b"not compressed", encoding)
