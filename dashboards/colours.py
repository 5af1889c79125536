"""The palette: Okabe and Ito's colours, told apart by colour-blind readers on light and dark."""

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
GREY: Final = "#8A8F98"
PALE: Final = "#B4BAC2"

#: What is simulated is always shown in this colour.
SYNTHETIC: Final = PURPLE

TREND: Final = {
    "rising": VERMILION,
    "falling": BLUE,
    "no clear change": GREEN,
    "too few to say": GREY,
    "no earlier data": PALE,
}
