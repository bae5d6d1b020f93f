"""The pooled page: what holds across cohorts, in one HTML file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome import __version__
from tryptome.pool.forest import forest, measured_in, overview
from tryptome.report import page, wording
from tryptome.report.figures.style import DOUBLE, Layout
from tryptome.report.pictures import Drawer, Embedded, fitting
from tryptome.report.results import records
from tryptome.report.strips import scale, strip

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.report.figures.style import Picture

TEMPLATES = Path(__file__).with_name("templates")

BALANCE = "precursor_balance"
BALANCE_TITLE = "Precursor balance"

SCENARIO = {
    "mass:diverted": "Tryptophan diverted",
    "mass:left": "Tryptophan left in the colon",
    "gut_contribution:median": "Gut contribution",
}

SIDES = ("share:trp_synthesis", "share:trp_diversion")
"""The two sides of the balance, which have a forest plot whatever is found."""

MOST_FORESTS = 12
"""Most forest plots of a question beside that of the balance."""

TOLD = 0.05
"""Below which q a quantity is told apart."""

FOLDED = "forest_"
"""How names of the figures begin that stand folded: no name of a question or quantity decides."""

SECTIONS = (("answer", "Answer"), ("questions", "Questions"), ("limits", "Limits"))


@dataclass(frozen=True)
class Question:
    """A question as the page shows it.

    Attributes
    ----------
    name, title : str
        As configured; the title for people.
    contrasts, terms : dict of str to str
        Contrast in each cohort, and its term where it has a name.
    rows : list of dict
        Pooled quantities: the row of ``pooled.tsv`` with ``label``, ``measured_in``, ``strip``,
        ``cohort_rows``, ``stays`` (range of the effect with each cohort left out) and
        ``turns`` (those without which it has the other sign).
    unpooled : list of dict
        ``label`` and ``reason`` of the others.
    pictures, forests : list of str
        Names of its figures: those that are seen at once, and the folded forest plots.
    without_forest : int
        Quantities that are told apart and have no forest plot, since there would be too many.
    """

    name: str
    title: str
    contrasts: Mapping[str, str]
    terms: Mapping[str, str]
    rows: list[dict[str, Any]]
    unpooled: list[dict[str, str]]
    pictures: list[str]
    forests: list[str]
    without_forest: int


def labels() -> Callable[[str], str]:
    """Give a function that names a quantity for people."""
    from tryptome.knowledge import load

    titles = {f"share:{c.name}": c.title for c in load().capabilities}
    titles |= SCENARIO | {BALANCE: BALANCE_TITLE}
    return lambda quantity: titles.get(quantity, quantity)


def with_forest(told: Sequence[Mapping[str, Any]]) -> tuple[list[str], int]:
    """Quantities beside the balance that have a forest plot: its sides, and what is told apart.

    Parameters
    ----------
    told : sequence of mapping
        Rows of ``pooled.tsv`` of one question that are pooled.

    Returns
    -------
    chosen : list of str
        The sides first, the others from the least p on.
    left : int
        How many that are told apart have none, since there would be more than
        :data:`MOST_FORESTS`.
    """
    there = {row["quantity"] for row in told}
    clear = [r for r in told if r["q"] < TOLD and r["quantity"] not in {BALANCE, *SIDES}]
    clear.sort(key=lambda row: (row["p"], row["quantity"]))
    found = [side for side in SIDES if side in there] + [row["quantity"] for row in clear]
    return found[:MOST_FORESTS], max(0, len(found) - MOST_FORESTS)


def draw(
    name: str,
    title: str,
    pooled: pd.DataFrame,
    effects: pd.DataFrame,
    label: Callable[[str], str],
    confidence: float,
    layout: Layout = DOUBLE,
) -> list[Picture]:
    """Draw the figures of one question: all quantities, and forest plots of some with the cohorts.

    Parameters
    ----------
    name, title : str
        Of the question.
    pooled, effects : DataFrame
        Its rows of the tables.
    label : callable
        Quantity for people.
    confidence : float
        Level of the intervals.
    layout : Layout
        What they are drawn for; one that fits on no page is left out.
    """
    told = records(pooled[pooled["poolable"] == "true"])
    told.sort(key=lambda row: row["quantity"] != BALANCE)
    used = records(effects[effects["weight"].notna()])
    if not told:
        return []
    rows = {row["quantity"]: row for row in told}

    def drawer(quantity: str, file: str) -> Drawer:
        cohorts = [one for one in used if one["quantity"] == quantity]
        return partial(forest, file, label(quantity), cohorts, rows[quantity], confidence)

    drawers = [drawer(BALANCE, f"forest-{name}")] if BALANCE in rows else []
    drawers.append(partial(overview, f"overview-{name}", title, told, used, label, confidence))
    drawers += [drawer(quantity, _file(quantity, name)) for quantity in with_forest(told)[0]]
    return list(fitting(drawers, layout))


def _file(quantity: str, question: str) -> str:
    return f"{FOLDED}{re.sub(r'[^A-Za-z0-9]', '_', quantity)}-{question}"


def question(
    name: str,
    title: str,
    contrasts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    label: Callable[[str], str],
    pictures: Sequence[str],
) -> Question:
    """Prepare a question for the template.

    Parameters
    ----------
    name, title : str
    contrasts : mapping
        Contrast in each cohort.
    tables : mapping of str to DataFrame
        ``pooled``, ``effects`` and ``leave_one_out``, all questions.
    label : callable
        Quantity for people.
    pictures : sequence of str
        Names of its figures.
    """
    own = {key: table[table["question"] == name] for key, table in tables.items()}
    told = own["pooled"][own["pooled"]["poolable"] == "true"]
    # Effects in mg a day would press those on a log scale to a point.
    on = {unit: scale([*block["lower"], *block["upper"]]) for unit, block in told.groupby("scale")}
    rows = [
        {
            **row,
            "label": label(row["quantity"]),
            "measured_in": measured_in(row),
            "strip": strip(on[row["scale"]], row["effect"], (row["lower"], row["upper"])),
            "cohort_rows": records(_of(own["effects"], row["quantity"])),
            "stays": _stays(row, own["leave_one_out"]),
            "turns": _turns(row, own["leave_one_out"]),
        }
        for row in records(told)
    ]
    rows.sort(key=lambda row: row["quantity"] != BALANCE)
    others = records(own["pooled"][own["pooled"]["poolable"] != "true"])
    unpooled = [{"label": label(one["quantity"]), "reason": one["reason"]} for one in others]
    named = own["effects"][own["effects"]["term"] != ""]
    terms = dict(zip(named["cohort"], named["term"], strict=True))
    folded = [picture for picture in pictures if picture.startswith(FOLDED)]
    return Question(
        name=name,
        title=title,
        contrasts=contrasts,
        terms=terms,
        rows=rows,
        unpooled=unpooled,
        pictures=[picture for picture in pictures if picture not in folded],
        forests=folded,
        without_forest=with_forest(rows)[1],
    )


def render(
    questions: Sequence[Question],
    pictures: Mapping[str, Embedded],
    cohorts: Sequence[tuple[str, int]],
    confidence: float,
) -> str:
    """Render the page; everything from users is escaped, and nothing comes from elsewhere.

    Parameters
    ----------
    questions : sequence of Question
    pictures : mapping of str to Embedded
        Figures by name.
    cohorts : sequence of tuple
        Name of each cohort, and its number of samples.
    confidence : float
        Level of the intervals.
    """
    environment = page.environment(TEMPLATES)
    environment.filters |= {"p_value": wording.p_value, "signed": wording.signed}
    style = page.static("style.css")
    return environment.get_template("pooled.html.jinja").render(
        questions=questions,
        pictures=pictures,
        cohorts=cohorts,
        level=wording.confidence(confidence),
        sections=SECTIONS,
        interval=wording.interval,
        version=__version__,
        style=style,
        style_digest=page.digest(style),
    )


def _of(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    return table[table["quantity"] == quantity]


def _stays(row: Mapping[str, Any], left_out: pd.DataFrame) -> str:
    """Range of an effect when each cohort is left out in turn."""
    again = _of(left_out[left_out["reason"] == ""], row["quantity"])
    if again.empty:
        return "–"
    low, high = again["effect"].min(), again["effect"].max()
    return f"{wording.signed(low)} to {wording.signed(high)}"


def _turns(row: Mapping[str, Any], left_out: pd.DataFrame) -> list[str]:
    """Cohorts without which an effect has the other sign."""
    again = _of(left_out[left_out["reason"] == ""], row["quantity"])
    return [str(name) for name in again.loc[again["effect"] * row["effect"] < 0, "left_out"]]
