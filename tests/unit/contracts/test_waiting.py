import pytest

from streams import waiting
from streams.errors import RetryError, StopError
from streams.waiting import patiently


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(waiting, "FIRST", 0.0)


def failing(times: int, error: type[Exception]):
    left = [error(f"attempt {number}") for number in range(times)]

    def action() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return action


def test_a_service_that_is_away_is_waited_for_and_each_failure_is_told(caplog):
    assert patiently(failing(3, RetryError), 60) == "done"
    assert [r.message for r in caplog.records] == [f"Waiting: attempt {n}" for n in range(3)]


def test_when_the_time_is_over_the_last_failure_is_raised():
    with pytest.raises(RetryError, match="attempt 0"):
        patiently(failing(3, RetryError), 0)


def test_what_needs_a_person_is_not_tried_again():
    with pytest.raises(StopError, match="attempt 0"):
        patiently(failing(1, StopError), 60)
