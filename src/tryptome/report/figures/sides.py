"""The two sides of the balance against each other: every sample a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tryptome.groups import Grouping
from tryptome.report.figures import style
from tryptome.report.figures.ordination import LEGEND_COLUMNS, legend_height
from tryptome.report.wording import drawable, plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

HEIGHT = {style.DOUBLE: 4.2, style.SINGLE: 2.7}


def draw(
    make: pd.DataFrame,
    divert: pd.DataFrame,
    grouping: Grouping,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw the share of cells that can make tryptophan against that which can divert it.

    Parameters
    ----------
    make, divert : pandas.DataFrame
        Rows of either quantity, in the order of the samples.
    grouping : Grouping
        The groups.
    layout : Layout
        What the figure is drawn for.
    """
    from matplotlib.ticker import PercentFormatter

    with style.drawing(layout):
        figure = style.new_figure(HEIGHT[layout] + legend_height(grouping, layout), layout)
        axes = figure.subplots()
        _points(axes, make["mean"], divert["mean"], grouping, layout)
        axes.spines["left"].set_visible(True)
        axes.set_xlabel("cells that can divert tryptophan")
        axes.set_ylabel("cells that can make tryptophan")
        axes.tick_params(labelsize=layout.small, labelcolor=style.MUTED)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        if not grouping.single:
            figure.legend(loc="outside lower left", ncols=LEGEND_COLUMNS[layout],
                          frameon=False, handletextpad=0.3)  # fmt: skip
    return style.Picture(
        name="sides",
        alt=_finding(make, divert),
        caption=(
            "The two sides of the balance in every sample. On the broken line there are as many "
            "cells that can make tryptophan as cells that can divert it; above it, more that make."
        ),
        figure=figure,
        layout=layout,
    )


def _points(
    axes: Axes, make: pd.Series, divert: pd.Series, grouping: Grouping, layout: style.Layout
) -> None:
    families = [group.family for group in grouping.groups]
    colour = style.colours(families)
    for group, marker in zip(grouping.groups, style.markers(families), strict=True):
        own = group.positions
        axes.scatter(divert.iloc[own], make.iloc[own], s=14 * layout.mark**2, marker=marker,
                     alpha=0.65, linewidths=0,
                     color=colour[group.family], label=drawable(group.label, 30),
                     rasterized=len(own) > style.MOST_POINTS)  # fmt: skip
    low = max(axes.get_xlim()[0], axes.get_ylim()[0])
    high = min(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([low, high], [low, high], color=style.MUTED, linewidth=1, linestyle="--")


def _finding(make: pd.DataFrame, divert: pd.DataFrame) -> str:
    known = make["mean"].notna() & divert["mean"].notna()
    more = int((make["mean"] > divert["mean"])[known].sum())
    return (
        "Share of cells that can make tryptophan against the share that can divert it: in "
        f"{more:,} of {plural(int(known.sum()), 'sample')} more can make it than can divert it."
    )
