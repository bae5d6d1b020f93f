"""The two charts of the explorer, described with Altair; the page fills in what is chosen.

A field is ``x`` or ``y`` whichever quantity is chosen, and words in braces stand for its title
and format: so no description, and no expression in one, is made from text of users. What is
pointed at is known by its row; the tooltip is its group only since Vega tells of no tooltip 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tryptome.report.figures.style import FONTS, INK, MUTED, PAPER, RULE, colours, within_families

if TYPE_CHECKING:
    import altair

ROW = 58
"""Height of a group's row, in CSS pixels."""

SCATTER_HEIGHT = 380
PICKED = "datum.id === picked"
SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross", "triangle-left")
"""Of the groups of a family, which share their colour."""


def strip(labels: Sequence[str], families: Sequence[str]) -> dict[str, Any]:
    """Every sample by group, and the mean of each group.

    Parameters
    ----------
    labels : sequence of str
        Label of each group, all different.
    families : sequence of str
        Family of each group, which gives its colour.

    Returns
    -------
    dict
        A Vega-Lite description that reads ``samples``, ``means`` and ``zero``.
    """
    import altair as alt

    row = _rows(labels)
    colour = _colour(labels, families)
    offset = alt.YOffset("spread:Q").scale(domain=[-0.75, 1.25])
    x = _measure("x")
    samples = alt.Chart(alt.NamedData("samples"))
    points = samples.mark_circle(size=38, opacity=0.6, cursor="pointer")
    means = alt.Chart(alt.NamedData("means")).encode(color=colour, y=row, yOffset=offset)
    drawn = alt.layer(
        alt.Chart(alt.NamedData("zero")).mark_rule(color=MUTED).encode(x="x:Q"),
        points.encode(x=x, y=row, yOffset=offset, color=colour, tooltip="group:N"),
        *_picked(samples, lambda chart: chart.encode(y=row, yOffset=offset)),
        means.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        means.mark_point(
            shape="diamond", size=90, filled=True, stroke=PAPER, strokeWidth=1, opacity=1
        ).encode(x="x:Q", tooltip="group:N"),
    )
    return _finished(drawn, ROW * len(labels))


def scatter(labels: Sequence[str], families: Sequence[str]) -> dict[str, Any]:
    """One quantity against another, every sample a point.

    Parameters
    ----------
    labels : sequence of str
        Label of each group, all different.
    families : sequence of str
        Family of each group, which gives its colour.

    Returns
    -------
    dict
        A Vega-Lite description that reads ``samples`` and ``equal``.
    """
    import altair as alt

    samples = alt.Chart(alt.NamedData("samples"))
    key = alt.Legend(title=None, orient="top", columns=2, labelLimit=170, offset=26)
    shown = key if len(labels) > 1 else None
    equal = alt.Chart(alt.NamedData("equal")).mark_line(color=MUTED, strokeDash=[4, 3])
    points = samples.mark_point(filled=True, size=34, opacity=0.6, cursor="pointer").encode(
        x=_measure("x"),
        y=_measure("y"),
        color=_colour(labels, families).legend(shown),
        shape=alt.Shape("group:N", legend=shown).scale(
            domain=list(labels), range=_shapes(families)
        ),
        tooltip="group:N",
    )
    upright = samples.transform_filter(PICKED).mark_rule(color=INK, strokeWidth=1.5)
    drawn = alt.layer(
        equal.encode(x="x:Q", y="y:Q"),
        points,
        upright.encode(x="x:Q", y="y_low:Q", y2="y_high:Q"),
        *_picked(samples, lambda chart: chart.encode(y="y:Q")),
    )
    return _finished(drawn, SCATTER_HEIGHT)


def _rows(labels: Sequence[str]) -> altair.Y:
    """Labels stand within the chart, above their rows: beside it a phone has no room for them."""
    import altair as alt

    axis = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        labelAlign="left",
        labelColor=INK,
        labelLimit=320,
        labelOffset=-ROW / 2 + 10,
        labelPadding=-4,
    )
    return alt.Y("group:N", axis=axis).scale(domain=list(labels))


def _colour(labels: Sequence[str], families: Sequence[str]) -> altair.Color:
    import altair as alt

    of_family = colours(list(families))
    drawn = [of_family[family] for family in families]
    return alt.Color("group:N", legend=None).scale(domain=list(labels), range=drawn)


def _shapes(families: Sequence[str]) -> list[str]:
    """Shape of each group, different within a family.

    Examples
    --------
    >>> _shapes(["plant", "plant", "animal"])
    ['circle', 'diamond', 'circle']
    """
    return [SHAPES[place % len(SHAPES)] for place in within_families(families)]


def _measure(axis: str) -> Any:
    import altair as alt

    channel = {"x": alt.X, "y": alt.Y}[axis]
    drawn = alt.Axis(title=f"{{{axis} title}}", format=f"{{{axis} format}}", tickCount=6)
    return channel(f"{axis}:Q", axis=drawn).scale(zero=False, nice=True)


def _picked(samples: altair.Chart, placed: Any) -> list[altair.Chart]:
    """The sample that was picked: its interval, and a ring around its point."""
    chart = samples.transform_filter(PICKED)
    across = chart.mark_rule(color=INK, strokeWidth=1.5).encode(x="x_low:Q", x2="x_high:Q")
    ring = chart.mark_point(color=INK, size=120, strokeWidth=2, opacity=1).encode(x="x:Q")
    return [placed(across), placed(ring)]


def _finished(chart: altair.LayerChart | altair.FacetChart, height: int) -> dict[str, Any]:
    import altair as alt

    picked = alt.param(name="picked", value=-1)
    whole = chart.add_params(picked).properties(width="container", height=height)
    whole = whole.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    # A chart is one picture with its finding as text: its marks are not read out one by one.
    axis: dict[str, Any] = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "gridColor": RULE,
        "tickColor": RULE,
    }
    axis |= {"domainColor": RULE, "labelFontSize": 12, "titleFontSize": 12}
    axis |= {"titleFontWeight": "normal", "labelOverlap": True}
    whole = whole.configure(font=FONTS, background="transparent", aria=True).configure_axis(**axis)
    whole = whole.configure_axisY(grid=False, titleAngle=0, titleAlign="left", titleX=0, titleY=-10)
    whole = whole.configure_mark(aria=False)
    whole = whole.configure_view(stroke=None).configure_legend(labelColor=INK, labelFontSize=12)
    described: dict[str, Any] = whole.to_dict(context={"pre_transform": False})
    return described
