"""Code in the pages runs as it stands, in order, beside a running Waterbed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import PAGES, ROOT, Block, blocks

from streams.local import stack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

BIN = Path(sys.executable).parent
RUNNABLE = [block for page in PAGES for block in blocks(page)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    home = tmp_path_factory.mktemp("docs")
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "WATERBED_HOME": str(home)}
    command = [BIN / "waterbed", "run", "--no-simulation"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        said = []
        for line in run.stderr:
            said.append(line)
            if "http://" in line:
                break
        else:
            pytest.fail("".join(said))
        yield environment
        run.terminate()
        run.communicate(timeout=120)
    stack.reset(home)


@pytest.mark.parametrize("block", RUNNABLE, ids=[f"{b.page}-{b.language}" for b in RUNNABLE])
def test_code_in_pages_runs(block: Block, environment: dict[str, str]) -> None:
    shell = {"sh": ["sh", "-e", "-c"], "python": [sys.executable, "-c"]}[block.language]
    done = subprocess.run(
        [*shell, block.code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
