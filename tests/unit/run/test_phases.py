from collections.abc import Callable

import pytest

from streams.run.phases import Phases


def clock(*times: float) -> Callable[[], float]:
    return iter(times).__next__


def test_a_phase_lasts_from_its_begin_to_its_end() -> None:
    phases = Phases(clock(10.0, 12.5, 20.0, 20.25))
    with phases("stack"):
        pass
    with phases("load"):
        pass
    assert phases.seconds == {"stack": 2.5, "load": 0.25}


def test_the_same_phase_again_adds_up() -> None:
    phases = Phases(clock(0.0, 1.0, 5.0, 7.0))
    for _ in range(2):
        with phases("stop"):
            pass
    assert phases.seconds == {"stop": 3.0}


def test_a_failed_phase_is_measured_too() -> None:
    phases = Phases(clock(0.0, 4.0))
    with pytest.raises(RuntimeError), phases("ingest"):
        raise RuntimeError
    assert phases.seconds == {"ingest": 4.0}
