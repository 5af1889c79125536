"""The settings table of `docs/operations.md`, as the code has it.

Write it into the page with `python tests/docs/settings_table.py`.
"""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from streams.ingest.settings import IngestSettings
from streams.local.ports import Ports
from streams.settings import Endpoints, Home

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
BLOCK = re.compile(
    r"(<!-- settings: checked against the code -->\n).*?(<!-- settings end -->)", re.DOTALL
)


def rows(group: type[BaseSettings]) -> list[str]:
    prefix = str(group.model_config["env_prefix"])
    return [
        f"| `{prefix}{name.upper()}` | {default(field.default)} | {field.description} |"
        for name, field in group.model_fields.items()
    ]


def default(value: object) -> str:
    return "the local stack's" if value is PydanticUndefined else f"`{value}`"


def table() -> str:
    head = ["| environment | default | meaning |", "| --- | --- | --- |"]
    groups = (Home, Endpoints, Ports, IngestSettings)
    return "\n".join(head + [row for group in groups for row in rows(group)]) + "\n"


def written(page: str) -> str:
    return BLOCK.sub(lambda m: f"{m[1]}{table()}{m[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
