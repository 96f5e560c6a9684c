"""Every colour of cnnviz, light and dark.

The named colours are Okabe and Ito's, which people with the common kinds of colour blindness can tell apart
(https://jfly.uni-koeln.de/color/). The same colour means the same thing on every page.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """What each colour means; hex strings."""

    train: str
    valid: str
    right: str
    wrong: str
    highlight: str  # what the pointer is on: a window, a cell
    muted: str  # grid lines, padding, what was dropped
    text: str
    background: str


LIGHT = Palette(
    train="#0072B2",
    valid="#D98200",  # Okabe–Ito orange, darkened a little so that a thin line stands out on white
    right="#009E73",
    wrong="#D55E00",
    highlight="#CC79A7",
    muted="#8A8F98",
    text="#1F2430",
    background="#FFFFFF",
)
DARK = Palette(
    train="#56B4E9",
    valid="#E69F00",
    right="#1FC296",
    wrong="#F0763A",
    highlight="#E29CC4",
    muted="#7F8794",
    text="#E8EAF0",
    background="#11151C",
)

# Signed values, lowest to highest: purple, white (zero), orange. ColorBrewer's PuOr, reversed.
DIVERGING = ("#542788", "#998EC3", "#D8DAEB", "#F7F7F7", "#FEE0B6", "#F1A340", "#B35806")
# Magnitudes: matplotlib's viridis at seven even steps.
SEQUENTIAL = ("#440154", "#443983", "#31688E", "#21918C", "#35B779", "#90D743", "#FDE725")


def palette(dark: bool) -> Palette:
    """The colours for a light or a dark page."""
    return DARK if dark else LIGHT


# Runs beside one another: Okabe and Ito's again, in an order in which neighbours differ in lightness too.
_LANES_LIGHT = ("#0072B2", "#D98200", "#009E73", "#CC79A7", "#1F2430", "#D55E00")
_LANES_DARK = ("#56B4E9", "#E69F00", "#1FC296", "#E29CC4", "#E8EAF0", "#F0763A")


def lane_colours(colours: Palette) -> tuple[str, ...]:
    """A colour for each of up to six runs in one chart. There, and only there, a colour stands for a run."""
    return _LANES_DARK if colours == DARK else _LANES_LIGHT
