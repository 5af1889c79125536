import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlparse

import clickhouse_connect
import httpx
import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError


def connect(endpoints, **options):
    url = urlparse(endpoints.clickhouse)
    return clickhouse_connect.get_client(
        host=url.hostname, port=url.port, database=endpoints.database, **options
    )


@pytest.fixture
def client(database):
    with connect(database) as client:
        client.command(
            "CREATE TABLE t (a UInt64, kind Enum8('CLEAR' = 1, 'SUSPECT' = 2) DEFAULT 'SUSPECT', "
            "site LowCardinality(String) DEFAULT 'none') ENGINE = MergeTree ORDER BY a"
        )
        yield client


def test_parameters_keep_every_character(client):
    text = "a'b\"c\\d\te\nf{g}"
    found = client.query(
        "SELECT {n:UInt8} + 1, {s:String}, {l:Array(String)}",
        parameters={"n": 3, "s": text, "l": ["x'", "y"]},
    ).result_rows
    assert found == [(4, text, ["x'", "y"])]


@pytest.mark.parametrize(
    ("text", "code"),
    [("SELECT * FROM nope", 60), ("SELECT (", 62), ("SELECT 1 SETTINGS nope=1", 115)],
)
def test_errors_carry_the_code_of_clickhouse(client, text, code):
    with pytest.raises(DatabaseError) as raised:
        client.command(text)
    assert raised.value.code == code


def test_settings_hold_for_one_request(client):
    asked = client.command("SELECT getSetting('max_block_size')", settings={"max_block_size": 7})
    assert asked == 7
    assert client.command("SELECT getSetting('max_block_size')") != 7


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip"])
def test_arrow_columns_match_by_name_and_missing_ones_take_defaults(client, database, compress):
    table = pa.table(
        {
            "site": pa.array(["BRSSZ", "BEANR", "BRSSZ"]).dictionary_encode(),
            "a": pa.array([1, 2, 3], pa.uint64()),
        }
    )
    with connect(database, compress=compress) as sender:
        sender.insert_arrow("t", table)
    found = client.query("SELECT a, kind, site FROM t ORDER BY a").result_rows
    assert found == [(1, "SUSPECT", "BRSSZ"), (2, "SUSPECT", "BEANR"), (3, "SUSPECT", "BRSSZ")]


def test_rows_by_python_and_text_formats_land(client, database):
    client.insert("t", [[1, "CLEAR"]], column_names=["a", "kind"])
    query = quote(f"INSERT INTO {database.database}.t FORMAT JSONEachRow")
    body = b'{"a": 2, "kind": "CLEAR"}\n{"a": 3}\n'
    assert httpx.post(f"{database.clickhouse}/?query={query}", content=body).is_success
    assert client.query("SELECT a, kind FROM t ORDER BY a").result_rows == [
        (1, "CLEAR"),
        (2, "CLEAR"),
        (3, "SUSPECT"),
    ]


def test_a_client_killed_mid_insert_leaves_nothing(client, database):
    url = urlparse(database.clickhouse)
    query = quote(f"INSERT INTO {database.database}.t (a) FORMAT CSV")
    with socket.create_connection((url.hostname, url.port)) as raw:
        head = f"POST /?query={query} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
        raw.sendall(f"{head}1\n2\n".encode())
    assert client.command("SELECT count() FROM t") == 0


def test_large_results_arrive_whole(client):
    numbers = client.query_arrow("SELECT number FROM numbers(2000000)")["number"]
    assert numbers.to_numpy().sum() == 1999999 * 2000000 // 2


def test_clients_work_side_by_side(client, database):
    def work(first):
        with connect(database) as own:
            own.insert("t", [[first * 100 + n] for n in range(100)], column_names=["a"])
            return own.command("SELECT count() FROM t") >= 100

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(6)))
    assert client.command("SELECT uniqExact(a) FROM t") == 600


def test_a_long_query_does_not_hold_up_others(client, database):
    done = threading.Event()

    def long_query():
        with connect(database) as own:
            own.query("SELECT count() FROM numbers(4) WHERE sleepEachRow(0.5) = 0")
        done.set()

    thread = threading.Thread(target=long_query)
    thread.start()
    running = "SELECT countIf(query LIKE '%sleepEach%') > 1 FROM system.processes"
    while not client.command(running):
        time.sleep(0.01)
    assert httpx.get(f"{database.clickhouse}/ping").text == "Ok.\n"
    assert client.command("SELECT 1") == 1
    assert not done.is_set()
    thread.join()
