"""The order of the steps, and that a batch ends only when all of them are confirmed."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from streams.analyse import retry
from streams.analyse.aggregate import aggregate
from streams.analyse.publish import Message
from streams.analyse.touched import Touched
from streams.contracts import encode, schema
from streams.errors import RetryError, StopError
from streams.names import TOUCHED_WINDOW

AT = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
SUM = (
    date(2026, 5, 4), "MINUTE", "PYASU", "NLRTM", "BRSSZ", "EXPORT", "PARTNER", "PYASU>NLRTM",
    "PY>NL", 1, 0, 0, 0, 0, Decimal(0), 8,
)  # fmt: skip


class Fakes:
    """Services and delivery that note what is done and fail as often as they are told."""

    def __init__(self, failures: dict[str, int] | None = None) -> None:
        self.done: list[str] = []
        self.failures = dict(failures or {})
        self.sent: list[Message] = []

    def _step(self, name: str) -> None:
        if self.failures.get(name, 0):
            self.failures[name] -= 1
            self.done.append(f"{name} failed")
            raise RetryError(name)
        self.done.append(name)

    def writer(self, _: int) -> dict[str, Any]:
        self._step("schema")
        return schema.load(TOUCHED_WINDOW)

    def with_store(self, work: Callable[[Any], Any]) -> Any:
        return work(self)

    def command(self, statement: str, parameters: dict[str, Any]) -> None:
        assert statement.lstrip("-").count("INSERT INTO corridor_activity") == 1
        self._step(f"recompute {len(parameters['starts'])}")

    def query(self, *_: object, **__: object) -> Any:
        self._step("sums")
        return SimpleNamespace(result_rows=[SUM])

    def activity_schema_id(self) -> int:
        return 5

    async def deliver(self, messages: Sequence[Message]) -> None:
        self._step("deliver")
        self.sent += messages


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "LONGEST_WAIT", 0.0)


def message(kind: str, offset: int) -> Touched:
    said = {"kind": kind, "window_start": AT, "site": "BRSSZ/BTP", "touched_at": AT}
    return Touched(encode.frame(3, encode.body(TOUCHED_WINDOW, said)), 0, offset)


async def test_repeats_are_computed_once_before_anything_is_sent() -> None:
    fakes = Fakes()

    await aggregate(fakes, fakes.deliver, [message("scan-verdict", n) for n in range(3)])

    assert fakes.done == ["schema"] * 3 + ["recompute 1", "sums", "deliver"]
    assert [m.key for m in fakes.sent] == [b"PYASU>NLRTM|BRSSZ|EXPORT|PARTNER|MINUTE|2026-05-04"]


async def test_each_kind_is_computed_by_its_own_statement() -> None:
    fakes = Fakes()

    await aggregate(
        fakes, fakes.deliver, [message("scan-verdict", 1), message("seizure-report", 2)]
    )

    assert fakes.done.count("recompute 1") == 2
    assert fakes.done.count("sums") == 1


@pytest.mark.parametrize("step", ["schema", "recompute 1", "sums", "deliver"])
async def test_a_step_that_fails_is_done_again_until_it_works(step: str) -> None:
    fakes = Fakes({step: 3})

    await aggregate(fakes, fakes.deliver, [message("camera-event", 1)])

    assert fakes.done.count(f"{step} failed") == 3
    assert [name for name in fakes.done if "failed" not in name] == [
        "schema", "recompute 1", "sums", "deliver",
    ]  # fmt: skip


async def test_nothing_is_computed_when_one_message_is_no_touched_window() -> None:
    fakes = Fakes()

    with pytest.raises(StopError, match="offset 2"):
        await aggregate(
            fakes, fakes.deliver, [message("scan-verdict", 1), Touched(b"\x00junk", 0, 2)]
        )

    assert not [name for name in fakes.done if name != "schema"]
