"""Forest plots: one quantity with its cohorts, and all quantities of a question at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.compare.finding import DIFFERENCE, SLOPE
from tryptome.report.figures import style
from tryptome.report.wording import confidence as level_text
from tryptome.report.wording import drawable, interval, missing, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Record = Mapping[str, Any]
"""A row of a table, by column."""

LOGARITHM = "log2 ratio or odds ratio"

ROW = 0.3
"""Height of a row, in inches."""

OVERVIEW = {style.DOUBLE: (0.5, 0.26), style.SINGLE: (0.45, 0.22)}
"""Heights in inches of what stands around a panel, and of a row."""

LEGEND_COLUMNS = 4
"""Most cohorts beside each other in a legend."""

AXIS = 80
"""Most characters of what an axis shows."""

NARROW_AXIS = 44
"""Most characters of a line of it in one column."""

LABEL = 40
"""Most characters of a label beside an axis."""


def forest(
    name: str,
    title: str,
    cohorts: Sequence[Record],
    pooled: Record,
    confidence: float,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw one quantity: a row a cohort, the pooled effect, and where a further cohort may be.

    Parameters
    ----------
    name, title : str
        Of the figure's files, and of the quantity for people.
    cohorts : sequence of mapping
        Rows of ``effects.tsv`` that are pooled.
    pooled : mapping
        Its row of ``pooled.tsv``.
    confidence : float
        Level of the intervals.
    """
    labels = [*(layout.lines(one["cohort"], LABEL) for one in cohorts), "pooled"]
    between = ", " if layout is style.DOUBLE else "\n"
    beside = [f"{_told(one)}{between}{percent(one['weight'])}" for one in cohorts]
    beside.append(_told(pooled))
    further = ""
    with style.drawing(layout):
        figure = style.new_figure(1.15 + ROW * (len(cohorts) + 2), layout)
        axes = figure.subplots()
        for row, one in enumerate(cohorts):
            axes.plot([one["lower"], one["upper"]], [row, row], color=style.MUTED, linewidth=1.2)
            size = (3 + 7 * one["weight"] ** 0.5) * layout.mark
            axes.plot([one["effect"]], [row], "s", color=style.UP, markersize=size)
        _diamond(axes, len(cohorts), pooled)
        if not missing(pooled["predicted_lower"]):
            ends = [pooled["predicted_lower"], pooled["predicted_upper"]]
            axes.plot(ends, [len(labels)] * 2, color=style.DOWN, linewidth=1.2, linestyle="--")
            labels.append("a further cohort")
            beside.append(interval(*ends))
            further = " Dashed: where the effect in a further cohort is expected."
        what = f"{title}: effect, {drawable(measured_in(pooled), AXIS)}"
        _finish(axes, labels, beside, what, layout)
    return style.Picture(
        name=name,
        alt=(
            f"{title}: pooled effect {_told(pooled)} over {pooled['cohorts']} cohorts. "
            f"{_ends(cohorts)}"
        ),
        caption=(
            f"{title}: effect in each cohort with its {level_text(confidence)} interval (square: "
            f"the larger, the more weight), and the pooled effect (diamond).{further}"
        ),
        figure=figure,
        layout=layout,
    )


def overview(
    name: str,
    title: str,
    pooled: Sequence[Record],
    cohorts: Sequence[Record],
    label: Callable[[str], str],
    confidence: float,
    layout: style.Layout = style.DOUBLE,
) -> style.Picture:
    """Draw all quantities of a question: pooled effects, and the cohorts' as small marks.

    Parameters
    ----------
    name, title : str
        Of the figure's files, and of the question for people.
    pooled : sequence of mapping
        Rows of ``pooled.tsv`` of the question that are pooled.
    cohorts : sequence of mapping
        Rows of ``effects.tsv`` that went into them.
    label : callable
        Quantity for people.
    confidence : float
        Level of the intervals.
    """
    colour = style.colours([one["cohort"] for one in cohorts])
    panels = _panels(pooled)
    around, row = OVERVIEW[layout]
    legend = style.LEGEND_ROW * (math.ceil(len(colour) / _columns(colour, layout)) - 1)
    with style.drawing(layout):
        figure = style.new_figure(1.0 + legend + around * len(panels) + row * len(pooled), layout)
        heights = [len(rows) for rows in panels.values()]
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (scale, rows) in zip(grid, panels.items(), strict=True):
            _panel(axes, rows, cohorts, colour, layout)
            labels = [layout.lines(label(one["quantity"]), LABEL) for one in rows]
            what = f"effect, {drawable(scale, AXIS)}"
            _finish(axes, labels, [_told(one) for one in rows], what, layout)
        _legend(figure, grid[0], colour, layout)
    best = min(pooled, key=lambda one: float(one["p"]))
    return style.Picture(
        name=name,
        alt=f"{drawable(title)}: pooled effects on {len(pooled)} quantities. Least p: "
        f"{label(best['quantity'])}, {_told(best)}.",
        caption=(
            f"Pooled effect on each quantity (diamond) with its {level_text(confidence)} interval, "
            "and the effect in each cohort (circles). Intervals that reach the edge go beyond it."
        ),
        figure=figure,
        layout=layout,
    )


def measured_in(row: Record) -> str:
    """Scale of a pooled effect, with what it is per.

    Examples
    --------
    >>> measured_in({"scale": "log2 ratio", "kind": "difference", "per": "", "unit": ""})
    'log2 ratio'
    >>> measured_in({"scale": "log2 ratio", "kind": "slope", "per": "age", "unit": "years"})
    'log2 ratio, slope per unit of age (years)'
    >>> measured_in(
    ...     {"scale": "mg/day", "kind": "step of 3 levels", "per": "severity", "unit": ""}
    ... )
    'mg/day, step of 3 levels of severity'
    """
    if row["kind"] == DIFFERENCE:
        return str(row["scale"])
    unit = f" ({row['unit']})" if row["unit"] else ""
    kind = str(row["kind"])
    between = " per unit of " if kind.endswith(SLOPE) else " of "
    return f"{row['scale']}, {kind}{between if row['per'] else ''}{row['per']}{unit}"


def _panels(pooled: Sequence[Record]) -> dict[str, list[Record]]:
    """Quantities by what their effects are measured in; all logarithms are one."""
    found: dict[str, list[Record]] = {}
    for one in pooled:
        is_log = one["scale"].startswith("log2")
        scale = measured_in({**one, "scale": LOGARITHM} if is_log else one)
        found.setdefault(scale, []).append(one)
    return found


def _panel(
    axes: Axes,
    rows: Sequence[Record],
    cohorts: Sequence[Record],
    colour: Mapping[str, str],
    layout: style.Layout,
) -> None:
    part = layout.mark
    drawn: list[Record] = [*rows]
    for place, one in enumerate(rows):
        axes.plot([one["lower"], one["upper"]], [place, place], color=style.INK, linewidth=1.3)
        axes.plot([one["effect"]], [place], "D", color=style.INK, markersize=5 * part)
        for other in (c for c in cohorts if c["quantity"] == one["quantity"]):
            shade = colour[other["cohort"]]
            axes.plot([other["effect"]], [place + 0.25], "o", color=shade, markersize=3.5 * part)
            drawn.append(other)
    _clip(axes, drawn)


def _diamond(axes: Axes, row: int, pooled: Record) -> None:
    low, middle, high = (pooled[name] for name in ("lower", "effect", "upper"))
    axes.fill([low, middle, high, middle], [row, row - 0.25, row, row + 0.25], color=style.DOWN)


def _told(one: Record) -> str:
    return f"{number(one['effect'])} ({interval(one['lower'], one['upper'])})"


def _ends(cohorts: Sequence[Record]) -> str:
    """The least and the largest effect, with their cohorts."""
    ends = [pick(cohorts, key=lambda one: float(one["effect"])) for pick in (min, max)]
    low, high = (f"{number(one['effect'])} ({drawable(one['cohort'], LABEL)})" for one in ends)
    return f"In the cohorts from {low} to {high}."


def _clip(axes: Axes, rows: Sequence[Record]) -> None:
    """Scale by the effects, since with two cohorts an interval may be fifty times as wide."""
    reach = max(0.1, 1.6 * max(abs(float(one["effect"])) for one in rows))
    axes.set_xlim(-reach, reach)


def _finish(
    axes: Axes, labels: Sequence[str], beside: Sequence[str], what: str, layout: style.Layout
) -> None:
    if layout is style.SINGLE:
        axes.tick_params(axis="y", labelsize=layout.least)
        axes.locator_params(axis="x", nbins=4)
        what = style.wrapped(what, NARROW_AXIS, 3)
    style.bare(axes)
    axes.axvline(0, color=style.MUTED, linewidth=1)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlabel(what)
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(beside)), beside)
    right.tick_params(length=0, labelsize=layout.small, labelcolor=style.MUTED)
    right.spines["right"].set_visible(False)


def _legend(figure: Figure, axes: Axes, colour: Mapping[str, str], layout: style.Layout) -> None:
    for cohort, shade in colour.items():
        axes.plot([], [], "o", color=shade, markersize=3.5 * layout.mark,
                  label=drawable(cohort, LABEL))  # fmt: skip
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center",
                  ncols=_columns(colour, layout), frameon=False)  # fmt: skip


def _columns(cohorts: Iterable[str], layout: style.Layout) -> int:
    """Columns of a legend that fit: a letter is 0.6 of its size wide, a mark with its room 3."""
    longest = max((len(drawable(cohort, LABEL)) for cohort in cohorts), default=0)
    fit = 72 * layout.width / (layout.small * (0.6 * longest + 3))
    return max(1, min(LEGEND_COLUMNS, int(fit)))
