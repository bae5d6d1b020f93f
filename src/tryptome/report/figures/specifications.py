"""Specification curve: the effect on the balance under every set of choices, sorted."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.report.figures import style
from tryptome.report.results import records
from tryptome.report.wording import drawable, interval, number, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

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

ROW_HEIGHT = 0.17
CURVE_HEIGHT = 1.9


def draw(contrasts: Mapping[str, pd.DataFrame], significant: float) -> style.Picture:
    """Draw the effects of each contrast under every set of choices that gives one.

    Parameters
    ----------
    contrasts : mapping of str to pandas.DataFrame
        Rows of ``specifications.tsv`` of one quantity, by title of the contrast.
    significant : float
        Below which p is drawn in colour.
    """
    made = {title: _choices(rows) for title, rows in contrasts.items()}
    choices = list(dict.fromkeys(name for told in made.values() for name in told))
    choices.sort(key=lambda name: list(CHOICES).index(name) if name in CHOICES else len(CHOICES))
    with style.drawing():
        ratios = [CURVE_HEIGHT, ROW_HEIGHT * max(1, len(choices))]
        figure = style.new_figure(sum(ratios) + 0.6)
        grid = figure.subplots(
            2, len(contrasts), sharex="col", sharey="row", squeeze=False, height_ratios=ratios
        )
        for column, (title, rows) in enumerate(contrasts.items()):
            ordered = _ordered(rows)
            _curve(grid[0, column], ordered, significant)
            grid[0, column].set_title(_title(title, len(contrasts)), fontsize=8)
            _dots(grid[1, column], ordered, [made[title].get(name, ()) for name in choices])
        grid[0, 0].set_ylabel("effect on the balance, log₂")
        grid[1, 0].set_yticks(
            range(len(choices)), [drawable(name, LABEL) for name in choices], fontsize=8
        )
        grid[1, 0].set_ylim(len(choices) - 0.4, -0.6)
    return style.Picture(
        name="specifications",
        alt=_finding(contrasts, significant),
        caption=(
            "The effect of each contrast on the balance under every set of choices, from the "
            f"lowest to the highest, with its interval; in colour where p is under "
            f"{number(significant)}. Diamond: the main choices. Dots below: what is chosen "
            "otherwise."
        ),
        figure=figure,
    )


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
    """Title on three lines at most, as wide as its column."""
    width = 84 // (columns + 1)
    return textwrap.fill(drawable(text, 3 * width), width, max_lines=3, placeholder="…")


def _curve(axes: Axes, rows: pd.DataFrame, significant: float) -> None:
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.axhline(0, color=style.MUTED, linewidth=1)
    axes.tick_params(axis="y", labelsize=8, labelcolor=style.MUTED)
    for at, row in enumerate(records(rows)):
        _point(axes, at, row, row["p"] < significant)


def _point(axes: Axes, at: int, row: dict[str, Any], told: bool) -> None:
    shade = style.MUTED
    if told:
        shade = style.UP if row["effect"] > 0 else style.DOWN
    main = row["specification"] == MAIN
    axes.plot([at, at], [row["lower"], row["upper"]], color=shade, linewidth=1.8 if main else 0.7)
    edge = style.PAPER if main else shade
    axes.plot([at], [row["effect"]], "D" if main else "o", markersize=6 if main else 2.4,
              color=shade, markeredgecolor=edge, zorder=4 if main else 3)  # fmt: skip


def _dots(axes: Axes, rows: pd.DataFrame, places: Sequence[Sequence[int]]) -> None:
    axes.set_xticks([])
    axes.set_xlim(-1, len(rows))
    for height, at in enumerate(places):
        axes.axhline(height, color=style.RULE, linewidth=0.6, zorder=0)
        axes.plot(at, [height] * len(at), "|", color=style.INK, markersize=5, markeredgewidth=1)


def _finding(contrasts: Mapping[str, pd.DataFrame], significant: float) -> str:
    parts = []
    for title, rows in contrasts.items():
        told = rows.dropna(subset=["effect"])
        share = percent(float((told["p"] < significant).mean()))
        ends = interval(told["effect"].min(), told["effect"].max())
        parts.append(f"{drawable(title)}: effects {ends}, {share} of them significant")
    return f"Effects on the precursor balance under other choices. {'; '.join(parts)}."
