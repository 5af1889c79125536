import hashlib

import pytest

from streams.errors import StopError
from streams.local import artifacts
from streams.local.artifacts import Artifact, fetch, read_lock
from streams.local.progress import Progress

GOOD = b"the pinned bytes"
PINNED = Artifact("toy", "g", "n", "1", "", "jar", hashlib.sha256(GOOD).hexdigest())


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(artifacts, "read_lock", lambda: [PINNED])
    return tmp_path


def serve(monkeypatch, content):
    calls = []

    def transfer(artifact, _progress, folder):
        calls.append(artifact)
        (folder / "file").write_bytes(content)
        return folder / "file"

    monkeypatch.setattr(artifacts, "_transfer", transfer)
    return calls


def test_lock_lines_round_trip():
    lines = [artifact.to_line() for artifact in read_lock()]
    assert [a.to_line() for a in read_lock("\n".join(lines))] == lines
    assert {artifact.part for artifact in read_lock()} == {"kafka", "registry"}


def test_a_sound_file_is_not_fetched_again(cache, monkeypatch):
    calls = serve(monkeypatch, GOOD)
    for _ in range(2):
        [path] = fetch("toy", Progress(quiet=True), cache)
    assert (path.read_bytes(), len(calls)) == (GOOD, 1)


def test_a_corrupted_file_is_fetched_again(cache, monkeypatch):
    calls = serve(monkeypatch, GOOD)
    [path] = fetch("toy", Progress(quiet=True), cache)
    path.write_bytes(b"the pinned bytez")
    fetch("toy", Progress(quiet=True), cache)
    assert (path.read_bytes(), len(calls)) == (GOOD, 2)


def test_wrong_bytes_from_outside_are_refused(cache, monkeypatch):
    serve(monkeypatch, b"something else")
    with pytest.raises(StopError, match="pinned is"):
        fetch("toy", Progress(quiet=True), cache)
    assert not PINNED.path(cache).exists()
