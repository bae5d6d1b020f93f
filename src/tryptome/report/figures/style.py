"""How every figure looks, and how it is written."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.report.wording import drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MILLIMETRES = 25.4
"""Of an inch."""


@dataclass(frozen=True)
class Layout:
    """A width that a figure is drawn for, at the size that it is printed at.

    Attributes
    ----------
    columns : int
        Columns of a journal that it takes.
    width, tallest : float
        Width, and height that it must not exceed, in inches.
    text, small, least : float
        Sizes of its text in points: of labels, of what stands beside them, and the least.
    mark : float
        Size of points and thickness of lines, as a part of those of two columns.
    weight : str
        Weight of titles.
    """

    columns: int
    width: float
    tallest: float
    text: float
    small: float
    least: float
    mark: float
    weight: str

    def lines(self, text: str, most: int) -> str:
        r"""Text for a figure: one line of so many characters, or two lines where that is too wide.

        Examples
        --------
        >>> DOUBLE.lines("animal-based diet, washout", 34)
        'animal-based diet, washout'
        >>> SINGLE.lines("animal-based diet, washout", 34)
        'animal-based diet,\nwashout'
        """
        if self.columns > 1:
            return drawable(text, most)
        # Names of groups differ at their end: what does not fit is left out in the middle.
        for fewer in range(most):
            rows = textwrap.wrap(drawable(text, most - fewer), most // 2 + 2)
            if len(rows) <= 2:  # noqa: PLR2004
                break
        return "\n".join(rows)


# What was read on 27 November 2026. Nature: 89 and 183 mm wide, text of 5 to 7 points, fonts
# embedded as TrueType (research-figure-guide.nature.com, "Building and exporting figure panels").
# BMC: 85 and 176 mm, text no smaller than 8 points, lines of 0.5 points or more
# (biomedcentral.com/authors/figuretypes). Elsevier: text of 7 points, no smaller than 6 where it
# is raised or lowered (elsevier.com, "Artwork sizing"). PLOS: at most 7.5 by 8.75 inches
# (pace.apexcovantage.com/Home/Guidelines), earlier 90 to 180 mm wide with text of 8 to 12 points
# (journals.plos.org/plosgenetics/static/figureGuidelines.action).
# No size of text suits all: that of one column keeps Nature's range, that of two is for reading.
# Titles of one column are not bold: a second font in a PDF takes as long as all that is drawn.
DOUBLE = Layout(
    2, 183 / MILLIMETRES, float("inf"), text=9, small=8, least=7.5, mark=1.0, weight="bold"
)
SINGLE = Layout(1, 89 / MILLIMETRES, 8.75, text=7, small=6.5, least=6, mark=0.75, weight="normal")

SINGLE_FOLDER = "single"
"""Folder, within that of the figures, of those for one column."""

DOTS = 300
"""Dots per inch of an image: the least that journals take."""


class TooTallError(Exception):
    """A figure would not fit on a page at this size."""


LEGEND_ROW = 0.15
"""Height of a row of a legend in one column, in inches."""

MOST_POINTS = 3000
"""Points beyond which they are drawn as an image within the SVG."""

INK = "#1d2733"
MUTED = "#566273"
RULE = "#d5dbe3"
PAPER = "#ffffff"

# Four of Okabe and Ito's, one darkened to be seen on paper, and three that differ from them most
# for any kind of colour vision (of theirs, orange and a yellow that is dark enough do not).
GROUPS = ("#0072b2", "#d55e00", "#009e73", "#b0578d", "#222222", "#7a2cf0", "#7a1f00")
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
    "#222222": "#f4f6f8",
    "#7a2cf0": "#8f5cff",
    "#7a1f00": "#f5e04f",
    "#5b6675": "#a7b1be",
}
"""What each colour becomes where the page is read in dark mode."""

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
"""Fonts of the page, which the text of an SVG takes too (it stays text)."""

STYLE = {
    "font.family": ["DejaVu Sans"],
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "ytick.major.size": 0,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "savefig.facecolor": PAPER,
    # Text is measured where it is drawn: at fewer dots, widths are rounded and labels are cut.
    "figure.dpi": DOTS,
    "savefig.dpi": DOTS,
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
    layout : Layout
        What it is drawn for.
    """

    name: str
    alt: str
    caption: str
    figure: Figure
    layout: Layout = DOUBLE

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        width, height = self.figure.get_size_inches()
        return float(width), float(height)


@contextmanager
def drawing(layout: Layout = DOUBLE) -> Iterator[None]:
    """Draw with the report's style and fonts, whatever the user's own settings are."""
    import matplotlib.style

    text = {
        "font.size": layout.text,
        "axes.labelsize": layout.text,
        "axes.titlesize": layout.text,
        "axes.titleweight": layout.weight,
        "xtick.labelsize": layout.small,
        "ytick.labelsize": layout.text,
        "legend.fontsize": layout.small,
    }
    with matplotlib.style.context(["default", STYLE, text]), _own_fonts():
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


def new_figure(height: float, layout: Layout = DOUBLE) -> Figure:
    """Give an empty figure of a height in inches.

    Raises
    ------
    TooTallError
        It would not fit on a page.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if height > layout.tallest:
        raise TooTallError
    figure = Figure(figsize=(layout.width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


# `Figure.savefig` would draw everything once more before it writes, to lay out what is laid out.


def save(picture: Picture, folder: Path) -> None:
    """Write a picture as SVG and PDF, with its fonts in the PDF, and no dates.

    That for two columns comes as PNG too; for one column it would take a second of a run.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    save_svg(picture, folder)
    path = str(folder / picture.name)
    undated = {"CreationDate": None, "Creator": "tryptome", "Producer": None}
    with drawing(picture.layout):
        if picture.layout is DOUBLE:
            image: Any = FigureCanvasAgg(picture.figure)
            image.print_png(f"{path}.png", metadata={"Software": "tryptome"})
        vectors: Any = FigureCanvasPdf(picture.figure)
        vectors.print_pdf(f"{path}.pdf", metadata=undated)


def save_svg(picture: Picture, folder: Path) -> None:
    """Lay a picture out for good, and write it as SVG with the page's fonts."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure, path = picture.figure, folder / f"{picture.name}.svg"
    # Matplotlib makes marks of an axis, and takes their size, as late as here.
    with drawing(picture.layout):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        _settle(figure)
        vectors: Any = FigureCanvasSVG(figure)
        vectors.print_svg(str(path), metadata={"Date": None, "Creator": "tryptome"})
        # Vectors are written at 72, and it stays so.
        figure.dpi = DOTS
    path.write_text(path.read_text("utf-8").replace("'DejaVu Sans'", FONTS), "utf-8", newline="\n")


def _settle(figure: Figure) -> None:
    """Round where the axes are: the layout's solver may give another last digit another time.

    Nobody would see it, but names within the SVG are made of it.
    """
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position(original=True).bounds
        axes.set_position((round(left, 9), round(bottom, 9), round(width, 9), round(height, 9)))


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


def wrapped(text: str, width: int, lines: int) -> str:
    r"""Text for a figure on so many lines at most.

    Examples
    --------
    >>> wrapped("Vitamin B5 (pantothenate) synthesis", 22, 2)
    'Vitamin B5\n(pantothenate)…'
    """
    rows = textwrap.wrap(drawable(text, 300), width, max_lines=lines, placeholder="…")
    return "\n".join(rows)


def spread(count: int) -> npt.NDArray[np.float64]:
    """Van der Corput's sequence: even between 0 and 1, without drawing random numbers.

    Examples
    --------
    >>> spread(4).tolist()
    [0.0, 0.5, 0.25, 0.75]
    """
    value, unit, places = np.zeros(count), 0.5, np.arange(count)
    while places.any():
        value += unit * (places % 2)
        places, unit = places // 2, unit / 2
    return value


def bare(axes: Axes) -> None:
    """Horizontal chart: vertical rules only, behind everything, first row on top."""
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.invert_yaxis()
