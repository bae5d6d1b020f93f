"""Precursor balance by group: every sample, and the mean of each group with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tryptome.groups import Grouping
from tryptome.report.figures import style
from tryptome.report.summary import Summary
from tryptome.report.wording import confidence as level_text
from tryptome.report.wording import drawable, interval, number, plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.56
BAND = 0.22
"""Half height of the band that a group's points are spread over, in rows."""

AXIS = "precursor balance, log₂ (cells that can make / cells that can divert)"

SUMMARY_AT = 0.34
"""How far below the middle of a row its mean is drawn, in rows."""


def draw(
    values: pd.DataFrame,
    grouping: Grouping,
    summaries: Sequence[Summary],
    confidence: float,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw the balance of every sample, by group.

    Parameters
    ----------
    values : pandas.DataFrame
        Rows of ``precursor_balance``, in the order of the samples.
    grouping : Grouping
        The groups.
    summaries : sequence of Summary
        Summary of each group.
    confidence : float
        Confidence level of the intervals.
    layout : Layout
        What the figure is drawn for.
    """
    with style.drawing(layout):
        height = (1.15 + ROW_HEIGHT * len(grouping.groups)) * (0.5 + layout.mark / 2)
        figure = style.new_figure(height, layout)
        axes = figure.subplots()
        colour = style.colours([group.family for group in grouping.groups])
        known = values["assessable"].to_numpy(dtype=bool)
        for row, (group, summary) in enumerate(zip(grouping.groups, summaries, strict=True)):
            own = group.positions[known[group.positions]]
            _points(axes, row, values["mean"].iloc[own], colour[group.family], layout)
            _summary(axes, row, summary, colour[group.family], layout)
        _rows(axes, grouping, summaries, layout)
        _scale(axes, layout)
    return style.Picture(
        name="balance",
        alt=_finding(grouping, summaries, confidence),
        caption=(
            "Precursor balance of every sample (points) and mean of each group over its persons "
            f"(diamond), with its {level_text(confidence)} interval: thick, from the differences "
            "between persons; thin, with the uncertainty of what the taxa can do added."
        ),
        figure=figure,
        layout=layout,
    )


def _points(axes: Axes, row: int, means: pd.Series, colour: str, layout: style.Layout) -> None:
    spread = row - 0.06 + 2 * BAND * (style.spread(len(means)) - 0.5)
    many = len(means) > style.MOST_POINTS
    area = 10 * layout.mark**2
    axes.scatter(means, spread, s=area, color=colour, alpha=0.5, linewidths=0, rasterized=many)


def _summary(axes: Axes, row: int, summary: Summary, colour: str, layout: style.Layout) -> None:
    if not summary.samples:
        return
    y, part = row + SUMMARY_AT, layout.mark
    axes.plot([summary.lower, summary.upper], [y, y], color=colour, linewidth=1.1 * part)
    # NaN, for a single person, draws nothing.
    between = [summary.between_lower, summary.between_upper]
    axes.plot(between, [y, y], color=colour, linewidth=3.6 * part, solid_capstyle="butt")
    axes.plot([summary.mean], [y], "D", color=colour, markersize=6.5 * part,
              markeredgecolor=style.PAPER, markeredgewidth=part)  # fmt: skip


def _rows(
    axes: Axes, grouping: Grouping, summaries: Sequence[Summary], layout: style.Layout
) -> None:
    axes.set_yticks(range(len(summaries)), [layout.lines(g.label, 34) for g in grouping.groups])
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(summaries)), [_beside(summary) for summary in summaries])
    right.tick_params(length=0, labelsize=layout.small, labelcolor=style.MUTED)
    right.spines["right"].set_visible(False)
    axes.set_ylim(-0.5, len(summaries) - 0.3)


def _beside(summary: Summary) -> str:
    if not summary.samples:
        return "not assessable"
    people = plural(summary.samples, "sample")
    return f"{number(summary.mean)} ({interval(summary.lower, summary.upper)})\n{people}"


def _scale(axes: Axes, layout: style.Layout) -> None:
    style.bare(axes)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -1.0), max(high, 1.0))
    axes.axvline(0, color=style.MUTED, linewidth=1)
    lines = AXIS if layout is style.DOUBLE else AXIS.replace("can make", "can\nmake")
    axes.set_xlabel(lines)
    for shift, text, side in ((-6, "more can divert", "right"), (6, "more can make", "left")):
        axes.annotate(
            text,
            (0, 1),
            xycoords=("data", "axes fraction"),
            xytext=(shift, 4),
            textcoords="offset points",
            ha=side,
            va="bottom",
            fontsize=layout.small,
            color=style.MUTED,
        )


def _finding(grouping: Grouping, summaries: Sequence[Summary], confidence: float) -> str:
    parts = [
        f"{drawable(group.label)}: not assessable"
        if not summary.samples
        else f"{drawable(group.label)} {number(summary.mean)} "
        f"({interval(summary.lower, summary.upper)})"
        for group, summary in zip(grouping.groups, summaries, strict=True)
    ]
    return (
        "Mean precursor balance by group, log2 of cells that can make tryptophan over cells that "
        f"can divert it, with {level_text(confidence)} interval: {'; '.join(parts)}."
    )
