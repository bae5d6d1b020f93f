"""The mass balance and the gut contribution: a scenario, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tryptome.report.results import Results, records
from tryptome.report.summary import Band
from tryptome.report.wording import magnitude, magnitude_interval, number

ROUTES = {
    "indole": "Indole",
    "tryptamine": "Tryptamine",
    "indolelactate": "Indolelactate",
    "indolepropionate": "Indolepropionate",
    "indoleacetate": "Indoleacetate",
}

TERMS = {
    "mass:reaching": "Reaching the colon, from diet and body",
    "mass:released": "Released by bacteria that make it",
    "mass:biomass": "Taken into bacteria",
    "mass:diverted": "Diverted by bacteria",
    **{f"mass:diverted:{route}": f"to {title.lower()}" for route, title in ROUTES.items()},
    "mass:excreted": "Carried out unchanged",
    "mass:left": "Left in the colon, for the mucosa to meet",
}
"""Terms of the mass balance: the first two add up to the others but the routes."""

AGAINST = {
    "median": "against the cohort's median community",
    "inert": "against one that neither makes nor diverts",
}

BUDGETED = {
    "share:trp_synthesis": "Cells that can make tryptophan",
    "share:trp_diversion": "Cells that can divert it",
    "precursor_balance": "Precursor balance",
    "mass:left": "Tryptophan left in the colon",
    "mass:diverted": "Tryptophan diverted",
    "gut_contribution:median": "Gut contribution, against the median community",
    "gut_contribution:inert": "Gut contribution, against an inert community",
}
"""Quantities whose budget the page shows; the others are in the file."""

PRIOR = "prior:"
DIGITS = 8
LEADING = 5
"""Sources of variance that are named for each quantity; the others are summed up."""


@dataclass(frozen=True)
class Row:
    """A quantity of the scenario in every column.

    Attributes
    ----------
    quantity, label, unit : str
        Name of the quantity, for people, and its unit.
    bands : tuple of Band
        One a column.
    part : bool
        Whether it is a part of the row above that is none.
    """

    quantity: str
    label: str
    unit: str
    bands: tuple[Band, ...]
    part: bool = False


@dataclass(frozen=True)
class Budget:
    """Where the variance of a quantity comes from.

    Attributes
    ----------
    quantity, label : str
        Name of the quantity, and for people.
    sources : tuple of (str, float)
        The largest sources, by falling part of the variance, then all others.
    sample, priors : float
        What the sample's own sources carry, and what the priors do.
    samples : int
        Samples that it is the mean of.
    """

    quantity: str
    label: str
    sources: tuple[tuple[str, float], ...]
    sample: float
    priors: float
    samples: int


@dataclass(frozen=True)
class Check:
    """A figure of the literature beside this cohort's.

    Attributes
    ----------
    values : mapping
        The row of ``scenario_checks.tsv``.
    here, there : str
        Ranges as shown: of this cohort, and of the literature.
    """

    values: dict[str, Any]
    here: str
    there: str


@dataclass(frozen=True)
class Scenario:
    """What the section shows.

    Attributes
    ----------
    terms, contributions : tuple of Row
        The mass balance, and the gut contribution.
    budgets : tuple of Budget
        Where the variance comes from.
    checks : tuple of Check
        The literature.
    """

    terms: tuple[Row, ...]
    contributions: tuple[Row, ...]
    budgets: tuple[Budget, ...]
    checks: tuple[Check, ...]

    def budget(self, quantity: str) -> Budget | None:
        """Where the variance of one quantity comes from; ``None`` where that is not known."""
        return next((b for b in self.budgets if b.quantity == quantity), None)

    @property
    def agreeing(self) -> int:
        """How many figures of the literature meet this cohort's range."""
        return sum(check.values["agrees"] == "true" for check in self.checks)


def describe(results: Results, bands: Callable[[str], Sequence[Band]]) -> Scenario:
    """Gather the scenario.

    Parameters
    ----------
    results : Results
        The result files.
    bands : callable
        Band of a quantity in each column.
    """
    contributions = {
        f"{name}:{other}": text
        for other, text in AGAINST.items()
        for name in ("gut_contribution", "gut_contribution_percent")
    }
    # In the order of the file, which is read a part at a time.
    known = {
        name: tuple(bands(name))
        for name in results.quantity_names
        if name in TERMS or name in contributions
    }

    def row(quantity: str, label: str) -> Row:
        unit = str(results.listed(quantity)["unit"].iloc[0])
        part = quantity.count(":") > 1
        return Row(quantity, label, unit, known[quantity], part)

    return Scenario(
        terms=tuple(row(name, label) for name, label in TERMS.items() if name in known),
        contributions=tuple(
            row(name, text) for name, text in contributions.items() if name in known
        ),
        budgets=tuple(_budgets(results)),
        checks=tuple(_check(values) for values in records(results.scenario_checks)),
    )


def _budgets(results: Results) -> list[Budget]:
    table = results.budget.dropna(subset=["mean"])
    known = {str(quantity): records(rows) for quantity, rows in table.groupby("quantity")}
    return [_budget(quantity, known[quantity]) for quantity in BUDGETED if quantity in known]


def _budget(quantity: str, rows: list[dict[str, Any]]) -> Budget:
    ordered = sorted(rows, key=lambda row: (-row["mean"], row["source"]))
    leading = [(source_label(str(row["source"])), row["mean"]) for row in ordered[:LEADING]]
    others = sum(row["mean"] for row in ordered[LEADING:])
    kind = {"sample": 0.0, "prior": 0.0, "interactions": 0.0}
    for row in rows:
        source = str(row["source"])
        named = "prior" if source.startswith(PRIOR) else source
        kind[named if named in kind else "sample"] += row["mean"]
    return Budget(
        quantity=quantity,
        label=BUDGETED[quantity],
        sources=(*leading, *([("all others", others)] if len(ordered) > LEADING else [])),
        # The file's numbers are rounded: what adds up to 1 must not be shown as nearly all.
        sample=round(kind["sample"], DIGITS),
        priors=round(kind["prior"], DIGITS),
        samples=int(rows[0]["samples"]),
    )


def source_label(source: str) -> str:
    """Name of a source of variance for people.

    Examples
    --------
    >>> source_label("prior:mucosal_rate"), source_label("copy number")
    ('prior of mucosal rate', 'copy number')
    """
    if source.startswith(PRIOR):
        return f"prior of {source.removeprefix(PRIOR).replace('_', ' ')}"
    return source


def _check(values: dict[str, Any]) -> Check:
    here = f"{magnitude(values['q50'])} ({magnitude_interval(values['q05'], values['q95'])})"
    low, high = values["literature_low"], values["literature_high"]
    there = magnitude(low) if low == high else magnitude_interval(low, high)
    return Check(values, here if values["agrees"] else number(None), there)
