"""The map of the pathway as inline SVG, whose flows can be pointed at, and reached by keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from tryptome.report.pathway import BAR, LINE, WIDTH, Bar, Pathway, Ribbon


def draw(pathway: Pathway) -> Markup:
    """Draw the map.

    Parameters
    ----------
    pathway : Pathway
        As laid out.

    Returns
    -------
    markupsafe.Markup
        An ``svg`` element. Each flow is focusable, and says its interval.
    """
    size = Markup(
        '<svg class="pathway" viewBox="0 0 {} {}" role="group" aria-labelledby="map-text">'
    )
    parts = [
        size.format(WIDTH, _n(pathway.height)),
        *(_ribbon(ribbon, pathway.details[ribbon.quantity]) for ribbon in pathway.ribbons),
        *(_bar(bar) for bar in pathway.bars),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _ribbon(ribbon: Ribbon, detail: str) -> Markup:
    return Markup(
        '<g class="flow {}" tabindex="0" role="img" aria-label="{}"><title>{}</title>'
        '<path d="{}"/></g>'
    ).format(ribbon.kind, detail, detail, _path(ribbon.outline))


def _path(points: Iterable[tuple[float, float]]) -> str:
    """Two cubic edges, joined by straight ends."""
    at = [f"{_n(x)} {_n(y)}" for x, y in points]
    return f"M{at[0]}C{','.join(at[1:4])}L{at[4]}C{','.join(at[5:])}Z"


def _bar(bar: Bar) -> Markup:
    x, y = bar.at
    anchor = "end" if bar.left else "start"
    drawn = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        bar.kind, _n(bar.x), _n(bar.y), BAR, _n(bar.height)
    )
    text = Markup('<text x="{}" y="{}" text-anchor="{}">{}').format(_n(x), _n(y), anchor, bar.label)
    line = Markup('<tspan class="{}" x="{}" dy="{}">{}</tspan>')
    if bar.left:
        text += line.format("n", _n(x), LINE, bar.numbers)
    elif bar.numbers:
        text += Markup(' <tspan class="n">{}</tspan>').format(bar.numbers)
    if bar.note:
        text += line.format("beyond", _n(x), LINE, bar.note)
    return drawn + text + Markup("</text>")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
