"""What became of the reads: stacked bars of the tiers, one a group."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tryptome.report.figures import style
from tryptome.report.results import TIER_LABELS
from tryptome.report.wording import drawable, percent
from tryptome.vocabulary import RESOLVED, TIERS

SHADES = {
    "species": "#08519c",
    "genus": "#3b8cc1",
    "family": "#a6cbe3",
    "bacteria": "#c9a227",
    "archaea": "#ae558b",
    "eukaryota": "#029c72",
    "organelle": "#7fbf7b",
    "unassigned": "#98a2b0",
}
"""Colour of each tier: blue where resolved, from fine to coarse."""

LEAST_WRITTEN = 0.06
"""Least share that is written into its part of the bar."""

NARROW_LEGEND = 3
"""Tiers beside each other in the legend of one column."""

DARK_SHADES = ("species", "archaea")

# Not the colours of text elsewhere: bars keep their shade in dark mode.
LIGHT_INK = "#fdfdfe"
DARK_INK = "#101820"


def draw(
    bars: Mapping[str, Mapping[str, float]], layout: style.Layout = style.DOUBLE
) -> style.Picture:
    """Draw the mean share of reads in each tier.

    Parameters
    ----------
    bars : mapping
        Share of each tier, by label of the bar. A bar without shares is left empty.
    layout : Layout
        What the figure is drawn for.
    """
    from matplotlib.patches import Patch

    shown = [tier for tier in TIERS if any(bar.get(tier, 0) > 0 for bar in bars.values())]
    columns = len(shown) if layout is style.DOUBLE else NARROW_LEGEND
    over = style.LEGEND_ROW * (math.ceil(len(shown) / columns) - 1) if shown else 0
    with style.drawing(layout):
        figure = style.new_figure(1.15 + over + 0.34 * len(bars), layout)
        axes = figure.subplots()
        for row, bar in enumerate(bars.values()):
            left = 0.0
            for tier in shown:
                share = bar.get(tier, 0.0)
                axes.barh(row, share, left=left, height=0.66, color=SHADES[tier], linewidth=0)
                if share >= LEAST_WRITTEN / layout.mark:
                    ink = LIGHT_INK if tier in DARK_SHADES else DARK_INK
                    axes.text(left + share / 2, row, percent(share), ha="center", va="center",
                              fontsize=layout.least, color=ink)  # fmt: skip
                left += share
        axes.set_yticks(range(len(bars)), [layout.lines(label, 34) for label in bars])
        axes.set_ylim(-0.6, len(bars) - 0.4)
        style.bare(axes)
        axes.set_xlim(0, 1)
        axes.locator_params(axis="x", nbins=5 if layout is style.DOUBLE else 4)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
        axes.set_xlabel("share of reads, mean of the samples")
        patches = [Patch(color=SHADES[tier], label=TIER_LABELS[tier]) for tier in shown]
        if patches:
            axes.legend(handles=patches, loc="lower left", bbox_to_anchor=(0, 1), frameon=False,
                        ncols=columns, handlelength=1, columnspacing=1.2,
                        borderaxespad=0.3)  # fmt: skip
    return style.Picture(
        name="accounting",
        alt=_finding(bars),
        caption=(
            "Where the reads went. Blue: resolved to reference genomes, at the rank of species, "
            "genus or family. Other colours: not part of any estimate."
        ),
        figure=figure,
        layout=layout,
    )


def _finding(bars: Mapping[str, Mapping[str, float]]) -> str:
    parts = [
        f"{drawable(label)} {percent(sum(bar[tier] for tier in RESOLVED))}"
        if bar
        else f"{drawable(label)} without reads"
        for label, bar in bars.items()
    ]
    return f"Share of reads resolved to reference genomes: {'; '.join(parts)}."
