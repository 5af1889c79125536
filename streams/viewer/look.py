"""Colours and type of the page on light and dark ground."""

from dataclasses import dataclass
from typing import Final

FONT: Final = "Inter, 'Segoe UI', Roboto, system-ui, sans-serif"


@dataclass(frozen=True)
class Look:
    """Colours of one theme; the page's style sheet gets them as CSS variables."""

    dark: bool
    page: str
    panel: str
    border: str
    text: str
    muted: str
    grid: str
    land: str
    coast: str

    def css(self) -> str:
        """Give the colours as CSS variables."""
        names = ("page", "panel", "border", "text", "muted", "grid")
        return ":root{" + "".join(f"--{name}:{getattr(self, name)};" for name in names) + "}"


LIGHT: Final = Look(
    dark=False,
    page="#f4f5f7",
    panel="#ffffff",
    border="#dfe2e6",
    text="#1f2329",
    muted="#5f6873",
    grid="#e8eaed",
    land="#e9ebee",
    coast="#c9ced4",
)
DARK: Final = Look(
    dark=True,
    page="#111418",
    panel="#191d23",
    border="#2b3139",
    text="#e4e7eb",
    muted="#9aa4b0",
    grid="#2a3038",
    land="#262c34",
    coast="#3a424d",
)
