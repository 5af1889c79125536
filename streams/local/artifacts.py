"""Downloads of the stack: Maven artifacts pinned by SHA-256 in a committed lock file.

The lock names every file; a start never resolves anything, so it needs no network once the
cache is filled. A file that does not match its hash is fetched again; a fetched file that does
not match is refused.
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from streams.errors import RetryError, StopError
from streams.local.layout import cache_folder, locked
from streams.local.progress import Progress

LOCK: Final = resources.files("streams.local") / "artifacts.lock"


@dataclass(frozen=True)
class Artifact:
    """One pinned file: which part of the stack needs it, its coordinate and its SHA-256."""

    part: str
    group: str
    name: str
    version: str
    classifier: str
    packaging: str
    sha256: str

    @classmethod
    def of_line(cls, line: str) -> "Artifact":
        """Read a lock line: part, group:name:version:classifier:packaging, hash."""
        part, coordinate, sha256 = line.split()
        group, name, version, classifier, packaging = coordinate.split(":")
        return cls(part, group, name, version, classifier, packaging, sha256)

    def to_line(self) -> str:
        """Write the lock line that `of_line` reads."""
        return f"{self.part} {self.coordinate} {self.sha256}"

    @property
    def coordinate(self) -> str:
        """Colon-joined group, name, version, classifier (often empty) and packaging."""
        return f"{self.group}:{self.name}:{self.version}:{self.classifier}:{self.packaging}"

    def path(self, cache: Path) -> Path:
        """Place of the file in the cache; the hash in it keeps versions of a lock apart."""
        return (
            cache / "artifacts" / f"{self.name}-{self.version}-{self.sha256[:12]}.{self.packaging}"
        )


def read_lock(text: str | None = None) -> list[Artifact]:
    """Give the pinned artifacts of the committed lock, or of `text`."""
    lines = (LOCK.read_text() if text is None else text).splitlines()
    return [Artifact.of_line(line) for line in lines if line and not line.startswith("#")]


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def is_sound(artifact: Artifact, cache: Path) -> bool:
    """Say whether the cache holds exactly the pinned bytes."""
    path = artifact.path(cache)
    return path.is_file() and sha256_of(path) == artifact.sha256


def fetch(part: str, progress: Progress, cache: Path | None = None) -> list[Path]:
    """Give the paths of the part's files, all checked; missing or damaged ones are downloaded.

    Raises RetryError when a download fails, StopError when what comes is not what was pinned.
    """
    cache = cache or cache_folder()
    wanted = [artifact for artifact in read_lock() if artifact.part == part]
    with locked(cache / f"{part}.lock"):
        _download([a for a in wanted if not is_sound(a, cache)], progress, cache)
    return [artifact.path(cache) for artifact in wanted]


def _download(missing: Iterable[Artifact], progress: Progress, cache: Path) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        for done in [pool.submit(_download_one, a, progress, cache) for a in missing]:
            done.result()


def _download_one(artifact: Artifact, progress: Progress, cache: Path) -> None:
    target = artifact.path(cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        fresh = _transfer(artifact, progress, Path(scratch))
        found = sha256_of(fresh)
        if found != artifact.sha256:
            raise StopError(
                f"{artifact.coordinate} has SHA-256 {found}, pinned is {artifact.sha256}. "
                "Do not use it; if the change is meant, write the lock anew: "
                "python -m streams.local.pin"
            )
        fresh.replace(target)


@retry(
    retry=retry_if_exception_type(RetryError),
    stop=stop_after_attempt(4),
    wait=wait_exponential(max=10),
    reraise=True,
)
def _transfer(artifact: Artifact, progress: Progress, folder: Path) -> Path:
    import requests  # noqa: PLC0415  # jgo and requests load only when something is missing
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415  # as above

    context = MavenContext(repo_cache=folder, timeout=60)
    component = context.project(artifact.group, artifact.name).at_version(artifact.version)
    wanted = component.artifact(artifact.classifier, artifact.packaging)
    target = Path(str(wanted.cached_path))
    target.unlink(missing_ok=True)  # what an earlier try left of it
    try:
        PythonResolver(progress_callback=progress.download).download(wanted)
    except (requests.RequestException, RuntimeError) as trouble:
        raise RetryError(
            f"Could not download {artifact.coordinate}: {trouble}. "
            "Check the network, then run the same command again"
        ) from trouble
    return target
