"""Shares of cells with each capability, by group: one small chart a capability."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tryptome.groups import Grouping
from tryptome.knowledge import Capability
from tryptome.report.figures import style
from tryptome.report.summary import Summary
from tryptome.report.wording import confidence as level_text
from tryptome.report.wording import drawable, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = {style.DOUBLE: 4, style.SINGLE: 2}
"""Charts beside each other."""

HEIGHTS = {style.DOUBLE: (0.62, 0.14), style.SINGLE: (0.495, 0.115)}
"""Height of a chart without rows, and of a row, in inches."""

TITLE_WIDTH = {style.DOUBLE: 22, style.SINGLE: 28}
LEAST_SCALE = 0.01
"""Least upper end of a scale, so that near-zero shares are not blown up."""


def draw(
    capabilities: Sequence[Capability],
    summaries: Mapping[str, Sequence[Summary]],
    grouping: Grouping,
    confidence: float,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw the mean share of each capability in each group.

    Parameters
    ----------
    capabilities : sequence of Capability
        In the order of the report.
    summaries : mapping of str to sequence of Summary
        Summary of each group, by the name of the capability.
    grouping : Grouping
        The groups.
    confidence : float
        Confidence level of the intervals.
    layout : Layout
        What the figure is drawn for.
    """
    columns = COLUMNS[layout]
    rows = math.ceil(len(capabilities) / columns)
    around, each = HEIGHTS[layout]
    with style.drawing(layout):
        figure = style.new_figure(max(1.0, rows * (around + each * len(grouping.groups))), layout)
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for place, axes in enumerate(grid):
            if place < len(capabilities):
                capability = capabilities[place]
                _panel(axes, capability.title, summaries[capability.name], grouping, layout)
            else:
                axes.set_visible(False)
        grid[0].set_ylim(len(grouping.groups) - 0.4, -0.6)
    return style.Picture(
        name="capabilities",
        alt=_finding(capabilities, summaries, grouping),
        caption=(
            "Share of assessable bacterial cells with each capability: mean of each group over "
            f"its persons, with its {level_text(confidence)} interval: thick, from the differences "
            "between persons; thin, with the uncertainty of what the taxa can do added. Each chart "
            "has its own scale, which starts at 0."
        ),
        figure=figure,
        layout=layout,
    )


def _panel(
    axes: Axes,
    title: str,
    summaries: Sequence[Summary],
    grouping: Grouping,
    layout: style.Layout,
) -> None:
    part = layout.mark
    colour = style.colours([group.family for group in grouping.groups])
    axes.set_title(
        style.wrapped(title, TITLE_WIDTH[layout], 3), fontsize=layout.least, linespacing=1.1
    )
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    for row, (group, summary) in enumerate(zip(grouping.groups, summaries, strict=True)):
        if not summary.samples:
            axes.annotate("n/a", (0, row), fontsize=layout.least, color=style.MUTED,
                          va="center")  # fmt: skip
            continue
        shade = colour[group.family]
        axes.plot([summary.lower, summary.upper], [row, row], color=shade, linewidth=part)
        between = [summary.between_lower, summary.between_upper]
        axes.plot(between, [row, row], color=shade, linewidth=2.8 * part, solid_capstyle="butt")
        axes.plot([summary.mean], [row], "o", color=shade, markersize=4.5 * part, clip_on=False)
    axes.set_yticks(range(len(summaries)), [drawable(g.label, 24) for g in grouping.groups])
    axes.tick_params(axis="y", labelsize=layout.least)
    top = max([LEAST_SCALE, *(summary.upper for summary in summaries if summary.samples)])
    axes.set_xlim(0, min(1.0, 1.08 * top))
    axes.locator_params(axis="x", nbins=3)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.tick_params(axis="x", labelsize=layout.least)


def _finding(
    capabilities: Sequence[Capability],
    summaries: Mapping[str, Sequence[Summary]],
    grouping: Grouping,
) -> str:
    parts = []
    for capability in capabilities:
        means = [s.mean for s in summaries[capability.name] if s.samples]
        if not means:
            parts.append(f"{capability.title} not assessable")
        elif grouping.single or len(means) == 1:
            parts.append(f"{capability.title} {percent(means[0])}")
        else:
            parts.append(f"{capability.title} {percent(min(means))} to {percent(max(means))}")
    over = "" if grouping.single else ", lowest to highest group mean"
    return f"Share of cells with each capability{over}: {'; '.join(parts)}."
