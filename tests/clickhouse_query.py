"""Ask the ClickHouse of a test stack."""

import httpx

from streams.settings import Endpoints


def query(endpoints: Endpoints, text: str) -> str:
    """Run a statement over plain HTTP and give what ClickHouse answers."""
    answer = httpx.post(endpoints.clickhouse, content=text, timeout=60)
    assert answer.is_success, answer.text
    return answer.text
