"""Write the lock file anew: resolve the stack's coordinates, download all, note the hashes.

A maintainer runs `python -m streams.local.pin` after changing a version below, and commits
the lock; nothing else in Waterbed resolves Maven coordinates.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from jgo.maven import MavenContext, PythonResolver

from streams.local.artifacts import LOCK, Artifact, sha256_of
from streams.local.progress import Progress

KAFKA: Final = ("org.apache.kafka:kafka_2.13:4.4.0", "org.slf4j:slf4j-simple:2.0.17")
REGISTRY: Final = ("io.apicurio", "apicurio-registry-app", "3.3.3", "all", "tar.gz")
HEAD: Final = (
    "# part, group:name:version:classifier:packaging, SHA-256. Written by streams.local.pin"
)


def pinned() -> Iterator[Artifact]:
    """Resolve and download everything; gives each file with the hash it has now."""
    with TemporaryDirectory() as scratch, Progress() as progress:
        context = MavenContext(repo_cache=Path(scratch), timeout=60)
        resolver = PythonResolver(progress_callback=progress.download)
        inputs, transitive = resolver.resolve([context.create_dependency(c) for c in KAFKA])
        for dependency in sorted((*inputs, *transitive), key=lambda d: str(d.artifact)):
            yield _pin("kafka", dependency.artifact, resolver)
        group, name, version, classifier, packaging = REGISTRY
        component = context.project(group, name).at_version(version)
        yield _pin("registry", component.artifact(classifier, packaging), resolver)


def _pin(part: str, found: Any, resolver: Any) -> Artifact:  # noqa: ANN401  # jgo has no types
    path = found.cached_path if found.cached_path.is_file() else resolver.download(found)
    return Artifact(
        part,
        found.groupId,
        found.artifactId,
        found.version,
        found.classifier,
        found.packaging,
        sha256_of(Path(path)),
    )


if __name__ == "__main__":
    Path(str(LOCK)).write_text("\n".join([HEAD, *(a.to_line() for a in pinned())]) + "\n")
