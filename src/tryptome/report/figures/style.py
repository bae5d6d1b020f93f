"""How every figure looks, and how it is written."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.2
"""Width of a figure in inches: two columns of a journal."""

MOST_POINTS = 3000
"""Points beyond which they are drawn as an image within the SVG."""

INK = "#1d2733"
MUTED = "#566273"
RULE = "#d5dbe3"
PAPER = "#ffffff"

# Okabe and Ito's palette, in an order in which neighbours differ in lightness too.
GROUPS = ("#0072b2", "#d55e00", "#009e73", "#b0578d", "#8a6d00", "#3d8fc4", "#5b6675")
UP = "#0072b2"
DOWN = "#d55e00"

MARKERS = ("o", "D", "s", "^", "v", "P", "X")
"""Of the groups of a family, which share their colour."""

IN_THE_DARK = {
    INK: "#e7ebf0",
    MUTED: "#a7b1be",
    RULE: "#39434f",
    PAPER: "#161c24",
    "#0072b2": "#56a9e0",
    "#d55e00": "#f2894b",
    "#009e73": "#35c49a",
    "#b0578d": "#dd93bf",
    "#8a6d00": "#d6b23a",
    "#3d8fc4": "#8cc8ef",
    "#5b6675": "#a7b1be",
}
"""What each colour becomes where the page is read in dark mode."""

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
"""Fonts of the page, which the text of an SVG takes too (it stays text)."""

STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 9,
    "ytick.major.size": 0,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "savefig.facecolor": PAPER,
    # Text is measured where it is drawn: at fewer dots, widths are rounded and labels are cut.
    "figure.dpi": 200,
    "savefig.dpi": 200,
    "figure.constrained_layout.wspace": 0.05,
    "figure.constrained_layout.hspace": 0.04,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "tryptome",
}


@dataclass(frozen=True)
class Picture:
    """A figure as the page shows it.

    Attributes
    ----------
    name : str
        Name of its files, without suffix.
    alt : str
        Its finding, for those who do not see it.
    caption : str
        What is drawn.
    figure : matplotlib.figure.Figure
        The drawing.
    """

    name: str
    alt: str
    caption: str
    figure: Figure

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        width, height = self.figure.get_size_inches()
        return float(width), float(height)


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the report's style and fonts, whatever the user's own settings are."""
    import matplotlib.style

    with matplotlib.style.context(["default", STYLE]), _own_fonts():
        yield


@contextmanager
def _own_fonts() -> Iterator[None]:
    """Use the fonts that Matplotlib brings, and none of the machine's.

    Of fonts of one name Matplotlib takes what a list in the user's home says, and so
    figures would differ with the machine, and with who wrote that list last.
    """
    import matplotlib
    from matplotlib.font_manager import fontManager

    of_the_machine, fontManager.ttflist = fontManager.ttflist, []
    try:
        for path in sorted(Path(matplotlib.get_data_path(), "fonts", "ttf").glob("DejaVu*.ttf")):
            fontManager.addfont(path)
        yield
    finally:
        fontManager.ttflist = of_the_machine


def new_figure(height: float) -> Figure:
    """Give an empty figure of the report's width and a height in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(picture: Picture, folder: Path) -> None:
    """Write a picture as SVG, PNG and PDF, with its fonts in the PDF, and no dates."""
    save_svg(picture, folder)
    with drawing():
        picture.figure.savefig(folder / f"{picture.name}.png", metadata={"Software": "tryptome"})
        undated = {"CreationDate": None, "Creator": "tryptome", "Producer": None}
        picture.figure.savefig(folder / f"{picture.name}.pdf", metadata=undated)


def save_svg(picture: Picture, folder: Path) -> None:
    """Lay a picture out for good, and write it as SVG with the page's fonts."""
    path = folder / f"{picture.name}.svg"
    with drawing():
        # The layout takes longer than the drawing, and is the same for all files.
        picture.figure.draw_without_rendering()
        picture.figure.set_layout_engine("none")
        picture.figure.savefig(path, metadata={"Date": None, "Creator": "tryptome"})
    path.write_text(path.read_text("utf-8").replace("'DejaVu Sans'", FONTS), "utf-8", newline="\n")


def data_uri(svg: str) -> str:
    """Embed an SVG as an image, in which no script can run, that follows dark mode."""
    rules = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}'
        for light, dark in IN_THE_DARK.items()
        for kind in ("fill", "stroke")
    )
    # Text without a colour of its own is black.
    style = f"<style>@media (prefers-color-scheme:dark){{text{{fill:{IN_THE_DARK[INK]}}}{rules}}}"
    adaptive = svg.replace("</svg>", f"{style}</style></svg>")
    return "data:image/svg+xml;base64," + base64.b64encode(adaptive.encode()).decode("ascii")


def colours(families: list[str]) -> dict[str, str]:
    """Colour of each family of groups, in the order in which they first occur."""
    distinct = list(dict.fromkeys(families))
    return {family: GROUPS[place % len(GROUPS)] for place, family in enumerate(distinct)}


def within_families(families: Sequence[str]) -> list[int]:
    """Place of each group among those of its family, which share their colour.

    Examples
    --------
    >>> within_families(["plant", "plant", "animal"])
    [0, 1, 0]
    """
    return [families[:place].count(family) for place, family in enumerate(families)]


def markers(families: Sequence[str]) -> list[str]:
    """Marker of each group, different within a family.

    Examples
    --------
    >>> markers(["plant", "plant", "animal"])
    ['o', 'D', 'o']
    """
    return [MARKERS[place % len(MARKERS)] for place in within_families(families)]


def spread(place: int) -> float:
    """Van der Corput's sequence: even between 0 and 1, without drawing random numbers.

    Examples
    --------
    >>> [spread(place) for place in range(4)]
    [0.0, 0.5, 0.25, 0.75]
    """
    value, unit = 0.0, 0.5
    while place:
        value += unit * (place % 2)
        place, unit = place // 2, unit / 2
    return value


def bare(axes: Axes) -> None:
    """Horizontal chart: vertical rules only, behind everything, first row on top."""
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.invert_yaxis()
