import json
import os

import psutil

from streams.local import process


def test_a_pid_taken_by_another_program_is_not_ours(tmp_path):
    mark = {"pid": os.getpid(), "created": psutil.Process().create_time()}
    file = tmp_path / "part.json"
    file.write_text(json.dumps(mark))
    assert process.find(file) is not None
    file.write_text(json.dumps({**mark, "created": mark["created"] - 60}))
    assert process.find(file) is None
