import subprocess
import sys

SPEAK = """
import sys
from streams.run.console import Teller
teller = Teller()
sys.stdin.read()
for _ in range(3):
    teller.print("nobody reads this")
print("went on")
"""


def test_a_reader_that_is_gone_does_not_end_the_run() -> None:
    speaker = subprocess.Popen(
        [sys.executable, "-c", SPEAK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert speaker.stderr is not None
    assert speaker.stdin is not None
    assert speaker.stdout is not None
    speaker.stderr.close()
    speaker.stdin.close()
    assert speaker.stdout.read() == "went on\n"
    assert speaker.wait(60) == 0
