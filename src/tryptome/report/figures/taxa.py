"""Which taxa carry a quantity, or a difference: horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.report.figures import style
from tryptome.report.wording import drawable, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Panel:
    """One chart of bars.

    Attributes
    ----------
    title : str
        What the bars are parts of.
    labels : tuple of str
        Taxa, the largest first.
    parts : tuple of float
        Part of each, in shares of cells.
    """

    title: str
    labels: tuple[str, ...]
    parts: tuple[float, ...]


def draw(
    rows: Sequence[Sequence[Panel]], *, name: str, what: str, caption: str, signed: bool
) -> style.Picture:
    """Draw panels of bars, those of one row beside each other.

    Parameters
    ----------
    rows : sequence of sequence of Panel
        Rows of the figure, all of one length.
    name : str
        Name of the picture.
    what : str
        What a bar shows, for the axis and the alternative text.
    caption : str
        Caption of the picture.
    signed : bool
        Whether parts are differences, coloured by their sign.
    """
    bars = [max(1, *(len(panel.labels) for panel in row)) for row in rows]
    with style.drawing():
        figure = style.new_figure(sum(0.75 + 0.2 * count for count in bars))
        grid = figure.subplots(len(rows), len(rows[0]), squeeze=False, height_ratios=bars)
        for axes_row, row in zip(grid, rows, strict=True):
            for axes, panel in zip(axes_row, row, strict=True):
                _panel(axes, panel, signed)
        for axes in grid[-1]:
            axes.set_xlabel(what, fontsize=8)
    return style.Picture(name=name, alt=_finding(rows, what), caption=caption, figure=figure)


def _panel(axes: Axes, panel: Panel, signed: bool) -> None:
    down = style.DOWN if signed else style.UP
    colours = [style.UP if part >= 0 else down for part in panel.parts]
    axes.barh(range(len(panel.parts)), [100 * part for part in panel.parts], 0.66, color=colours)
    axes.set_yticks(range(len(panel.labels)), [drawable(text, 30) for text in panel.labels])
    axes.tick_params(axis="y", labelsize=8)
    axes.set_title(drawable(panel.title, 60), fontsize=8.5)
    axes.set_ylim(-0.6, max(1, len(panel.labels)) - 0.4)
    style.bare(axes)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}"))
    if signed:
        axes.axvline(0, color=style.MUTED, linewidth=1)


def _finding(rows: Sequence[Sequence[Panel]], what: str) -> str:
    leaders = 3
    parts = [
        f"{drawable(panel.title, 100)}: {listed([drawable(t) for t in panel.labels[:leaders]])}"
        if panel.labels
        else f"{drawable(panel.title, 100)}: none"
        for row in rows
        for panel in row
    ]
    return f"Taxa with the largest {what}. {'; '.join(parts)}."
