import os
import signal

import pytest

from streams.run.signals import SIGNALS, interruptible


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_interrupts_and_later_ones_do_not(number: signal.Signals) -> None:
    cleaned = []

    def work() -> None:
        with interruptible():
            try:
                os.kill(os.getpid(), number)
            finally:
                for later in SIGNALS:
                    os.kill(os.getpid(), later)
                cleaned.append(True)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert cleaned


def test_handlers_are_as_before_afterwards() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) != before[signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in SIGNALS} == before
