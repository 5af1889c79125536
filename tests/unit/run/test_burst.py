import pytest

from streams.run.burst import RATE, SECONDS, SEED, faults
from streams.simulate.events import events
from streams.simulate.sent import Outcome


@pytest.mark.parametrize("garbage", [0.01, 0.1])
def test_about_the_asked_share_is_garbled(garbage: float) -> None:
    stream = list(events(SEED, RATE, 1_700_000_000_000, SECONDS * 10, faults(garbage)))
    distinct = RATE * SECONDS * 10  # what is repeated on purpose comes on top
    garbled = sum(sent.spoiled is not None for sent in stream)
    # Six standard deviations of a binomial count.
    spread = 6 * (garbage * (1 - garbage) * distinct) ** 0.5
    assert garbled == pytest.approx(garbage * distinct, abs=spread)
    assert all(sent.outcome is Outcome.DEAD_LETTERED for sent in stream if sent.spoiled)


def test_more_garbage_than_there_is_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="At most"):
        faults(0.9)
