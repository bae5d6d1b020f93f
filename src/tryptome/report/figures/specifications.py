"""Specification curve: the effect on a quantity under every set of choices, sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.report.figures import style
from tryptome.report.results import records
from tryptome.report.wording import drawable, interval, number, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAIN = "main"

Rule = Callable[["pd.DataFrame", "pd.Series"], "pd.Series"]

CHOICES: Mapping[str, Rule] = {
    "other copy-number choice": lambda rows, main: rows["copy_number"] != main["copy_number"],
    "rank: genus": lambda rows, main: rows["rank"] == "genus",
    "rank: family": lambda rows, main: rows["rank"] == "family",
    "close evidence only": lambda rows, main: rows["evidence"] == "close",
    "another source": lambda rows, main: ~rows["evidence"].isin(["all", "close"]),
    "rare taxa not counted": lambda rows, main: (
        rows["min_prevalence"].astype(float) > float(main["min_prevalence"])
    ),
    "a taxon left out": lambda rows, main: rows["left_out"] != "",
    "no covariates": lambda rows, main: rows["covariates"] == "false",
}
"""Rows of dots below the curve: which specifications make a choice.

Below them comes a row for each covariate that is dropped alone.
"""

LABEL = 30
"""Most characters of the name of a choice."""

ROW_HEIGHT = {style.DOUBLE: 0.17, style.SINGLE: 0.12}
CURVE_HEIGHT = {style.DOUBLE: 1.9, style.SINGLE: 1.0}
AROUND = {style.DOUBLE: 0.6, style.SINGLE: 0.4}
"""Height in inches of what stands above and between a curve and its dots."""


def draw(
    contrasts: Mapping[str, pd.DataFrame],
    significant: float,
    layout: style.Layout = style.DOUBLE,
    *,
    name: str = "specifications",
    what: str = "the balance",
) -> style.Picture:
    """Draw the effects of each contrast under every set of choices that gives one.

    Parameters
    ----------
    contrasts : mapping of str to pandas.DataFrame
        Rows of ``specifications.tsv`` of one quantity, by title of the contrast.
    significant : float
        Below which p is drawn in colour.
    layout : Layout
        What the figure is drawn for: the contrasts stand beside each other, and in one column
        below each other.
    name : str
        Name of the picture.
    what : str
        What the effects are on.
    """
    made = {title: _choices(rows) for title, rows in contrasts.items()}
    choices = list(dict.fromkeys(name for told in made.values() for name in told))
    choices.sort(key=lambda one: list(CHOICES).index(one) if one in CHOICES else len(CHOICES))
    ratios = [CURVE_HEIGHT[layout], ROW_HEIGHT[layout] * max(1, len(choices))]
    height = sum(ratios) + AROUND[layout]
    below = layout is style.SINGLE
    with style.drawing(layout):
        figure = style.new_figure(height * len(contrasts) if below else height, layout)
        grid = _grid(figure, len(contrasts), ratios, below)
        for column, (title, rows) in enumerate(contrasts.items()):
            curve, dots = grid[:, column]
            ordered = _ordered(rows)
            _curve(curve, ordered, significant, layout)
            told = style.wrapped(title, 38, 2) if below else _title(title, len(contrasts))
            curve.set_title(told, fontsize=layout.small)
            _dots(dots, ordered, [made[title].get(one, ()) for one in choices], layout)
        for curve, dots in grid.T if below else grid.T[:1]:
            curve.set_ylabel("effect, log₂" if below else f"effect on {what}, log₂")
            dots.set_yticks(range(len(choices)), [drawable(one, LABEL) for one in choices],
                            fontsize=layout.least if below else layout.small)  # fmt: skip
            dots.set_ylim(len(choices) - 0.4, -0.6)
    return style.Picture(
        name=name,
        alt=f"Effects on {what} under other choices. {_finding(contrasts, significant)}.",
        caption=(
            f"The effect of each contrast on {what} under every set of choices, from the "
            f"lowest to the highest, with its interval; in colour where p is under "
            f"{number(significant)}. Diamond: the main choices. Dots below: what is chosen "
            "otherwise."
        ),
        figure=figure,
        layout=layout,
    )


def _grid(figure: Figure, contrasts: int, ratios: Sequence[float], below: bool) -> Any:
    """Axes of the curves in a first row, those of their dots in a second, a column a contrast."""
    if not below:
        return figure.subplots(
            2, contrasts, sharex="col", sharey="row", squeeze=False, height_ratios=ratios
        )
    ratios = [*ratios] * contrasts
    grid = figure.subplots(2 * contrasts, 1, squeeze=False, height_ratios=ratios)
    return grid.reshape(contrasts, 2).T


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Specifications that have an effect, from the lowest to the highest."""
    told = rows.dropna(subset=["effect"])
    return told.sort_values("effect", kind="stable").reset_index(drop=True)


def _choices(rows: pd.DataFrame) -> dict[str, list[int]]:
    """Places on the curve of the specifications that make each choice, where there are any."""
    main = rows[rows["specification"] == MAIN].iloc[0]
    ordered = _ordered(rows)
    places = {name: ordered.index[rule(ordered, main)].tolist() for name, rule in CHOICES.items()}
    dropped = ordered["without_covariate"]
    for covariate in dict.fromkeys(dropped[dropped != ""]):
        places[f"without {covariate}"] = ordered.index[dropped == covariate].tolist()
    return {name: found for name, found in places.items() if found}


def _title(text: str, columns: int) -> str:
    """Title on a few lines, as wide as its column."""
    return style.wrapped(text, 96 // (columns + 1), 4)


def _curve(axes: Axes, rows: pd.DataFrame, significant: float, layout: style.Layout) -> None:
    axes.set_xlim(-1, len(rows))
    axes.set_xticks([])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.axhline(0, color=style.MUTED, linewidth=1)
    axes.tick_params(axis="y", labelsize=layout.small, labelcolor=style.MUTED)
    for at, row in enumerate(records(rows)):
        _point(axes, at, row, row["p"] < significant, layout.mark)


def _point(axes: Axes, at: int, row: dict[str, Any], told: bool, part: float) -> None:
    shade = style.MUTED
    if told:
        shade = style.UP if row["effect"] > 0 else style.DOWN
    main = row["specification"] == MAIN
    width = 1.8 * part if main else 0.7
    axes.plot([at, at], [row["lower"], row["upper"]], color=shade, linewidth=width)
    edge = style.PAPER if main else shade
    axes.plot([at], [row["effect"]], "D" if main else "o", markersize=(6 if main else 2.4) * part,
              color=shade, markeredgecolor=edge, zorder=4 if main else 3)  # fmt: skip


def _dots(
    axes: Axes, rows: pd.DataFrame, places: Sequence[Sequence[int]], layout: style.Layout
) -> None:
    axes.set_xticks([])
    axes.set_xlim(-1, len(rows))
    for height, at in enumerate(places):
        axes.axhline(height, color=style.RULE, linewidth=0.6, zorder=0)
        axes.plot(at, [height] * len(at), "|", color=style.INK, markersize=5 * layout.mark,
                  markeredgewidth=layout.mark)  # fmt: skip


def _finding(contrasts: Mapping[str, pd.DataFrame], significant: float) -> str:
    parts = []
    for title, rows in contrasts.items():
        told = rows.dropna(subset=["effect"])
        share = percent(float((told["p"] < significant).mean()))
        ends = interval(told["effect"].min(), told["effect"].max())
        parts.append(f"{drawable(title)}: effects {ends}, {share} of them significant")
    return "; ".join(parts)
