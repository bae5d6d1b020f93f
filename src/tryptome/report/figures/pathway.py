"""The map of the pathway as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tryptome.report.figures import style
from tryptome.report.pathway import BAR, LINE, WIDTH, Bar, Pathway, Ribbon

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "reaching": style.MUTED,
    "released": "#009e73",
    "pool": style.INK,
    "diverted": "#d55e00",
    "biomass": "#009e73",
    "left": "#0072b2",
    "excreted": "#5b6675",
}


def draw(pathway: Pathway) -> style.Picture:
    """Draw the map, for two columns: its labels need that width.

    Parameters
    ----------
    pathway : Pathway
        As laid out.
    """
    with style.drawing():
        figure = style.new_figure(style.DOUBLE.width * pathway.height / WIDTH)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(pathway.height, 0)
        for ribbon in pathway.ribbons:
            _ribbon(axes, ribbon)
        for bar in pathway.bars:
            _bar(axes, bar)
    return style.Picture(
        name="pathway",
        alt=pathway.finding,
        caption=(
            "Tryptophan in the colon, mg a day, mean over persons with 90% interval: a scenario. "
            "Widths are proportional to the means; the smallest flows are drawn too wide."
        ),
        figure=figure,
    )


def _ribbon(axes: Axes, ribbon: Ribbon) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    cubic = [Path.CURVE4] * 3
    outline = ribbon.outline
    codes = [Path.MOVETO, *cubic, Path.LINETO, *cubic, Path.CLOSEPOLY]
    path = Path([*outline, outline[0]], codes)
    axes.add_patch(PathPatch(path, facecolor=COLOURS[ribbon.kind], alpha=0.4, linewidth=0))


def _bar(axes: Axes, bar: Bar) -> None:
    from matplotlib.patches import Rectangle

    corner = (bar.x, bar.y)
    axes.add_patch(Rectangle(corner, BAR, bar.height, color=COLOURS[bar.kind], linewidth=0))
    text = f"{bar.label}\n{bar.numbers}" if bar.left else f"{bar.label} {bar.numbers}".strip()
    x, y = bar.at
    font: dict[str, Any] = {
        "fontsize": style.DOUBLE.least,
        "ha": "right" if bar.left else "left",
        "va": "baseline",
    }
    axes.text(x, y + LINE * text.count("\n"), text, linespacing=1.3, **font)
    if bar.note:
        axes.text(x, y + LINE, bar.note, color=style.MUTED, style="italic", **font)
