"""Ordination of the samples, by group: one panel a metric."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tryptome.groups import Grouping
from tryptome.report.figures import style
from tryptome.report.wording import drawable, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

TITLES = {"aitchison": "Aitchison", "bray_curtis": "Bray-Curtis"}
LEGEND_COLUMNS = {style.DOUBLE: 3, style.SINGLE: 2}
LEGEND_ROW = {style.DOUBLE: 0.2, style.SINGLE: 0.15}
HEIGHT = {style.DOUBLE: 3.2, style.SINGLE: 1.9}


def draw(
    axes_table: pd.DataFrame,
    samples: pd.Series,
    grouping: Grouping,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw the first two axes under each metric.

    Parameters
    ----------
    axes_table : pandas.DataFrame
        ``ordination.tsv``.
    samples : pandas.Series
        Names, in the order of ``samples.tsv``.
    grouping : Grouping
        The groups.
    layout : Layout
        What the figure is drawn for.
    """
    with style.drawing(layout):
        figure = style.new_figure(HEIGHT[layout] + legend_height(grouping, layout), layout)
        panels = figure.subplots(1, len(TITLES), squeeze=False)[0]
        for axes, (metric, title) in zip(panels, TITLES.items(), strict=True):
            _panel(axes, axes_table[axes_table["metric"] == metric], samples, grouping, layout)
            axes.set_title(title)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower left", ncols=LEGEND_COLUMNS[layout],
                      frameon=False, handletextpad=0.3)  # fmt: skip
    return style.Picture(
        name="ordination",
        alt=_finding(axes_table, grouping),
        caption=(
            "Principal coordinates of the samples by their resolved taxa: near points are samples "
            "of like composition. Axes name the share of the variation that they carry."
        ),
        figure=figure,
        layout=layout,
    )


def legend_height(grouping: Grouping, layout: style.Layout) -> float:
    """Height in inches of a legend of the groups below a figure."""
    return LEGEND_ROW[layout] * math.ceil(len(grouping.groups) / LEGEND_COLUMNS[layout])


def _panel(
    axes: Axes,
    table: pd.DataFrame,
    samples: pd.Series,
    grouping: Grouping,
    layout: style.Layout,
) -> None:
    wide = table.pivot(index="sample", columns="axis", values="value")
    points = wide.reindex(index=samples, columns=[1, 2])
    families = [group.family for group in grouping.groups]
    colour = style.colours(families)
    for group, marker in zip(grouping.groups, style.markers(families), strict=True):
        own = points.iloc[group.positions]
        axes.scatter(own[1], own[2], s=12 * layout.mark**2, marker=marker, alpha=0.65,
                     color=colour[group.family], linewidths=0, label=drawable(group.label, 30),
                     rasterized=len(own) > style.MOST_POINTS)  # fmt: skip
    axes.spines["left"].set_visible(True)
    axes.tick_params(labelsize=layout.least, labelcolor=style.MUTED)
    axes.locator_params(nbins=6 if layout is style.DOUBLE else 4)
    axes.set_xlabel(_axis(table, 1))
    axes.set_ylabel(_axis(table, 2))


def _axis(table: pd.DataFrame, number: int) -> str:
    carried = table.loc[table["axis"] == number, "explained"]
    return f"axis {number}" if carried.empty else f"axis {number} ({percent(carried.iloc[0])})"


def _finding(table: pd.DataFrame, grouping: Grouping) -> str:
    parts = [
        f"{title}: {_axis(table[table['metric'] == metric], 1)}, "
        f"{_axis(table[table['metric'] == metric], 2)}"
        for metric, title in TITLES.items()
    ]
    names = ", ".join(drawable(group.label) for group in grouping.groups)
    return f"Ordination of the samples ({names}). {'; '.join(parts)}."
