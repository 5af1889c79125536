import pytest

from streams.errors import StopError
from streams.run.viewer import USUAL, choose_port


def test_the_port_asked_for_is_taken() -> None:
    assert choose_port(9000, lambda _: True) == 9000


def test_a_taken_port_that_was_asked_for_is_an_error_not_another_port() -> None:
    with pytest.raises(StopError, match=r"9000 is taken.*--port"):
        choose_port(9000, lambda _: False)


def test_without_a_wish_it_is_the_usual_port() -> None:
    assert choose_port(None, lambda _: True) == USUAL


def test_a_second_run_gets_a_free_port() -> None:
    assert choose_port(None, lambda port: port > 20_010) == 20_011
