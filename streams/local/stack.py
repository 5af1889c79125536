"""The whole stack: start, stop, look at and delete it. Safe to call from several processes."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from streams.errors import StopError
from streams.local import clickhouse, kafka, process, registry
from streams.local.layout import Layout, locked, write_atomically
from streams.local.part import Part, Service, State, ensure, look
from streams.local.ports import Ports, choose
from streams.local.progress import Progress
from streams.settings import Endpoints

#: Which part holds which port.
HOLDER = {
    "kafka_port": kafka.NAME,
    "controller_port": kafka.NAME,
    "registry_port": registry.NAME,
    "management_port": registry.NAME,
    "clickhouse_port": clickhouse.NAME,
}
PARTS = (kafka.NAME, registry.NAME, clickhouse.NAME)


def up(home: Path, ports: Ports | None = None, *, quiet: bool = False) -> Endpoints:
    """Start what is missing or unhealthy, wait until all is healthy, give the addresses.

    Idempotent; a second caller waits for the first. Raises StopError when a part can't start.
    """
    layout = Layout.of(home)
    with locked(layout.lock()), Progress(quiet=quiet) as progress:
        settled = choose(ports or Ports(), _last_ports(layout), _kept(layout))
        write_atomically(layout.ports_file, settled.model_dump_json(indent=2))
        _ensure_all(services(layout, settled), layout, progress)
        found = addresses(settled)
        write_atomically(layout.stack_file, found.model_dump_json(indent=2))
    return found


def down(home: Path) -> None:
    """Stop all parts in good order; data and ports are kept. Does nothing if none runs."""
    layout = Layout.of(home)
    with locked(layout.lock()):
        _stop_all(layout)


def reset(home: Path) -> None:
    """Stop all parts and delete everything of the stack in `home`."""
    layout = Layout.of(home)
    with locked(layout.lock()):
        _stop_all(layout)
        for folder in ("data", "logs", "run"):
            shutil.rmtree(layout.home / folder, ignore_errors=True)
        layout.ports_file.unlink(missing_ok=True)


def status(home: Path) -> list[Part]:
    """Tell the state of each part; changes nothing."""
    layout = Layout.of(home)
    with ThreadPoolExecutor(len(PARTS)) as pool:
        parts = services(layout, _last_ports(layout))
        return list(pool.map(lambda service: look(service, layout), parts))


def all_running(parts: list[Part]) -> bool:
    """Say whether every part is running and healthy."""
    return all(part.state == State.RUNNING for part in parts)


def kill(home: Path, part: str) -> None:
    """Kill one part as a crash would (SIGKILL), for fault tests. `up` starts it again."""
    process.kill(Layout.of(home).pid(_known(part)))


def stop(home: Path, part: str) -> None:
    """Stop one part in good order. `up` starts it again."""
    process.stop(Layout.of(home).pid(_known(part)))


def services(layout: Layout, ports: Ports) -> list[Service]:
    """Describe the three parts on these ports."""
    return [
        kafka.service(layout, ports.kafka_port, ports.controller_port),
        registry.service(layout, ports.registry_port, ports.management_port),
        clickhouse.service(layout, ports.clickhouse_port),
    ]


def addresses(ports: Ports) -> Endpoints:
    """Give the addresses of a stack on these ports; the database is the configured one."""
    return Endpoints(
        kafka=f"127.0.0.1:{ports.kafka_port}",
        registry=registry.address(ports.registry_port),
        clickhouse=clickhouse.address(ports.clickhouse_port),
    )


def _known(part: str) -> str:
    if part not in PARTS:
        raise StopError(f"No part is called {part}; the parts are {', '.join(PARTS)}")
    return part


def _last_ports(layout: Layout) -> Ports:
    text = layout.ports_file.read_text() if layout.ports_file.is_file() else None
    return Ports.model_validate_json(text) if text else _no_ports()


def _no_ports() -> Ports:
    return Ports.model_validate(dict.fromkeys(Ports.model_fields, 0))


def _kept(layout: Layout) -> set[str]:
    return {field for field, part in HOLDER.items() if process.find(layout.pid(part))}


def _ensure_all(parts: list[Service], layout: Layout, progress: Progress) -> None:
    """Start the parts at the same time; the first trouble is raised once all have finished."""
    with ThreadPoolExecutor(len(parts)) as pool:
        for done in [pool.submit(ensure, part, layout, progress) for part in parts]:
            done.result()


def _stop_all(layout: Layout) -> None:
    layout.stack_file.unlink(missing_ok=True)
    with ThreadPoolExecutor(len(PARTS)) as pool:
        list(pool.map(process.stop, [layout.pid(part) for part in PARTS]))
