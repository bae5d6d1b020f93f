"""Which taxa carry a quantity, or a difference: horizontal bars."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.report.figures import style
from tryptome.report.wording import drawable, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_WIDTH = 30


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


def draw(rows: Sequence[Row], *, name: str, what: str, caption: str, signed: bool) -> style.Picture:
    """Draw panels of bars, those of one row beside each other.

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
    """
    bars = [max(1, *(len(panel.labels) for panel in row.panels)) for row in rows]
    heights = [0.95 + 0.25 * count for count in bars]
    with style.drawing():
        figure = style.new_figure(sum(heights))
        parts = figure.subfigures(len(rows), 1, squeeze=False, height_ratios=heights, hspace=0.02)
        for part, row in zip(parts.ravel(), rows, strict=True):
            part.set_facecolor("none")
            if row.title:
                part.suptitle(drawable(row.title, 90), x=0.01, ha="left", fontsize=9, weight="bold")
            for axes, panel in zip(part.subplots(1, len(row.panels)), row.panels, strict=True):
                _panel(axes, panel, signed)
                axes.set_xlabel(what, fontsize=8)
    return style.Picture(name=name, alt=_finding(rows, what), caption=caption, figure=figure)


def _panel(axes: Axes, panel: Panel, signed: bool) -> None:
    down = style.DOWN if signed else style.UP
    colours = [style.UP if part >= 0 else down for part in panel.parts]
    axes.barh(range(len(panel.parts)), [100 * part for part in panel.parts], 0.66, color=colours)
    axes.set_yticks(range(len(panel.labels)), [_label(text) for text in panel.labels])
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_title(drawable(panel.title, 40), fontsize=8.5, weight="normal", color=style.MUTED)
    axes.set_ylim(-0.6, max(1, len(panel.labels)) - 0.4)
    style.bare(axes)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}"))
    if signed:
        axes.axvline(0, color=style.MUTED, linewidth=1)


def _label(text: str) -> str:
    lines = textwrap.wrap(drawable(text, 300), LABEL_WIDTH, max_lines=2, placeholder="…")
    return "\n".join(lines)


def _finding(rows: Sequence[Row], what: str) -> str:
    leaders = 3
    parts = [
        f"{drawable(f'{row.title} {panel.title}', 120)}: "
        + (listed([drawable(text) for text in panel.labels[:leaders]]) or "none")
        for row in rows
        for panel in row.panels
    ]
    return f"Taxa with the largest {what}. {'; '.join(parts)}."
