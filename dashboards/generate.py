"""Writes the dashboards as JSON: `python -m dashboards.generate`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import corridors

FOLDER: Final = Path(__file__).parent / "generated"

#: The pages by the name of their file, in the order of the menu.
PAGES: Final[dict[str, Callable[[], Dashboard]]] = {"corridors": corridors.page}


def text(name: str) -> str:
    """JSON of a page, as it is committed and as Grafana provisions it."""
    board = PAGES[name]().build()
    return json.dumps(board, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every page to `generated/`."""
    FOLDER.mkdir(exist_ok=True)
    for name in PAGES:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
