"""Health questions over HTTP."""

from typing import Final

from streams.errors import RetryError

#: Seconds to wait for an answer.
ANSWER: Final = 2.0


def check(name: str, url: str) -> None:
    """Ask `url`; raises RetryError unless it answers with success in `ANSWER` seconds."""
    import httpx  # noqa: PLC0415  # loads only when asked

    try:
        httpx.get(url, timeout=ANSWER).raise_for_status()
    except httpx.HTTPError as trouble:
        raise RetryError(f"{name} does not answer at {url}: {trouble}") from trouble
