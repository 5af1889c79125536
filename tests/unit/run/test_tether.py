import subprocess
import sys

HANG = """
import sys, types, time
fake = types.ModuleType("streams.cli")
fake.main = lambda: (print("running", flush=True), time.sleep(600))
sys.modules["streams.cli"] = fake
from streams.run import tether
tether.main()
"""


def test_a_command_ends_when_its_starter_is_gone() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HANG], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "running\n"
    child.stdin.close()  # what the kernel does at the starter's end
    assert child.wait(60) == -15
