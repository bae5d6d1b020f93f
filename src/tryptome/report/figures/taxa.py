"""Which taxa carry a quantity, or a difference: horizontal bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.report.figures import style
from tryptome.report.wording import drawable, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

LABEL_WIDTH = 30

AROUND = {style.DOUBLE: 0.85, style.SINGLE: 0.62}
BAR = {style.DOUBLE: 0.25, style.SINGLE: 0.22}
"""Heights in inches: of a chart without its bars, and of a bar."""

TITLE_WIDTH = {style.DOUBLE: 90, style.SINGLE: 44}
TITLE_HEIGHT = 0.25


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


@dataclass(frozen=True)
class Row:
    """Charts beside each other.

    Attributes
    ----------
    title : str
        What they have in common; empty where the figure is but one row.
    panels : tuple of Panel
        The charts, two or more.
    """

    title: str
    panels: tuple[Panel, ...]


def draw(
    rows: Sequence[Row],
    *,
    name: str,
    what: str,
    caption: str,
    signed: bool,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw panels of bars, those of one row beside each other (below, in one column).

    Parameters
    ----------
    rows : sequence of Row
        Rows of the figure.
    name : str
        Name of the picture.
    what : str
        What a bar shows, for the axis and the alternative text.
    caption : str
        Caption of the picture.
    signed : bool
        Whether parts are differences, coloured by their sign.
    layout : Layout
        What the figure is drawn for.
    """
    heights = [_height(row, layout) for row in rows]
    with style.drawing(layout):
        figure = style.new_figure(sum(heights), layout)
        parts = figure.subfigures(len(rows), 1, squeeze=False, height_ratios=heights, hspace=0.02)
        for part, row in zip(parts.ravel(), rows, strict=True):
            part.set_facecolor("none")
            if row.title:
                part.suptitle(style.wrapped(row.title, TITLE_WIDTH[layout], 2), x=0.01, ha="left",
                              fontsize=layout.text, weight=layout.weight)  # fmt: skip
            for axes, panel in zip(_grid(part, row, layout), row.panels, strict=True):
                _panel(axes, panel, signed, layout)
                axes.set_xlabel(what, fontsize=layout.small)
    return style.Picture(name, _finding(rows, what), caption, figure, layout)


def _height(row: Row, layout: style.Layout) -> float:
    bars = [max(1, len(panel.labels)) for panel in row.panels]
    if layout is style.SINGLE:
        title = TITLE_HEIGHT if row.title else 0.0
        return title + AROUND[layout] * len(bars) + BAR[layout] * sum(bars)
    return AROUND[layout] + BAR[layout] * max(bars)


def _grid(part: SubFigure, row: Row, layout: style.Layout) -> Any:
    """Charts beside each other, or below each other and each as tall as its bars ask for."""
    if layout is style.DOUBLE:
        return part.subplots(1, len(row.panels), squeeze=False)[0]
    bars = [1 + max(1, len(panel.labels)) for panel in row.panels]
    return part.subplots(len(bars), 1, squeeze=False, height_ratios=bars)[:, 0]


def _panel(axes: Axes, panel: Panel, signed: bool, layout: style.Layout) -> None:
    down = style.DOWN if signed else style.UP
    colours = [style.UP if part >= 0 else down for part in panel.parts]
    axes.barh(range(len(panel.parts)), [100 * part for part in panel.parts], 0.66, color=colours)
    axes.set_yticks(
        range(len(panel.labels)), [style.wrapped(text, LABEL_WIDTH, 2) for text in panel.labels]
    )
    axes.tick_params(axis="y", labelsize=layout.least)
    axes.set_title(
        drawable(panel.title, 40), fontsize=layout.small, weight="normal", color=style.MUTED
    )
    axes.set_ylim(-0.6, max(1, len(panel.labels)) - 0.4)
    style.bare(axes)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}"))
    if signed:
        axes.axvline(0, color=style.MUTED, linewidth=1)


def _finding(rows: Sequence[Row], what: str) -> str:
    leaders = 3
    parts = [
        f"{drawable(f'{row.title} {panel.title}', 120)}: "
        + (listed([drawable(text) for text in panel.labels[:leaders]]) or "none")
        for row in rows
        for panel in row.panels
    ]
    return f"Taxa with the largest {what}. {'; '.join(parts)}."
