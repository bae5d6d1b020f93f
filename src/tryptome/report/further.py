"""What is estimated beside the balance: metabolites in stool, cofactors, host drive, numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.knowledge import KnowledgeBase
from tryptome.report.accuracy import measured
from tryptome.report.results import Results, records
from tryptome.report.summary import Band
from tryptome.report.wording import (
    interval,
    magnitude,
    magnitude_interval,
    missing,
    number,
    percent,
    percent_interval,
    plural,
)

FAECAL, COFACTOR, HOST_DRIVE, PER_GRAM = "faecal:", "cofactor:", "host_drive:", "cells_per_gram:"

VITAMINS = {
    "vitamin_b6": "Vitamin B6",
    "vitamin_b9": "Folate (B9)",
    "vitamin_b3": "Niacin (B3)",
    "vitamin_b2": "Riboflavin (B2)",
}

INDUCERS = {
    "butyrate": ("Butyrate makers", ("butyrate",)),
    "scfa": ("Makers of acetate or propionate", ("acetate", "propionate")),
    "deoxycholate": ("Deoxycholate makers", ("deoxycholate",)),
    "spore_formers": ("Spore-formers", ("spore_forming",)),
}
"""Name for people, and the capabilities in the literature, of each inducer."""

CAPABILITIES = {
    "trp_synthesis": "Can make tryptophan",
    "trp_diversion": "Can divert tryptophan",
    "butyrate": "Can make butyrate",
    "deoxycholate": "Can make deoxycholate",
    "spore_forming": "Form spores",
}
"""Whose cells per gram are shown; all are in the file."""

SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))

Form = Literal["share", "number", "magnitude"]

FORMS: dict[Form, tuple[Callable[[float], str], Callable[[float, float], str]]] = {
    "share": (percent, percent_interval),
    "number": (number, interval),
    "magnitude": (magnitude, magnitude_interval),
}
"""How a value and its interval are written."""


@dataclass(frozen=True)
class Cell:
    """A quantity in one column.

    Attributes
    ----------
    exact : float or None
        As in the result file; none where it cannot be assessed.
    text, ends : str
        As shown, with the ends of its interval.
    """

    exact: float | None
    text: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Row:
    """A quantity in every column.

    Attributes
    ----------
    quantity, label : str
        Name of the quantity, and for people.
    cells : tuple of Cell
        One a column.
    reason : str
        Why no sample of any column has it; empty where one does.
    held : str
        How often its interval held what was measured, where that is known.
    reports : tuple of str
        DOIs of what is reported of it.
    """

    quantity: str
    label: str
    cells: tuple[Cell, ...]
    reason: str
    held: str
    reports: tuple[str, ...]


@dataclass(frozen=True)
class Further:
    """What the section shows.

    Attributes
    ----------
    faecal, cofactors, host_drive, per_gram : tuple of Row
        Without rows where the cohort has no such quantity.
    scale : str
        In how many cells the numbers per gram are counted.
    """

    faecal: tuple[Row, ...]
    cofactors: tuple[Row, ...]
    host_drive: tuple[Row, ...]
    per_gram: tuple[Row, ...]
    scale: str


def describe(
    results: Results, bands: Callable[[str], Sequence[Band]], knowledge: KnowledgeBase
) -> Further | None:
    """Gather the section; none where the cohort has no such quantity.

    Parameters
    ----------
    results : Results
        The result files.
    bands : callable
        Band of a quantity in each column.
    knowledge : KnowledgeBase
        For what is reported of the inducers.
    """
    titles = _titles()
    # In the order of the file, which is read a part at a time.
    known = {
        name: _Known(tuple(bands(name)), _reason(results, name))
        for name in results.quantity_names
        if name in titles
    }
    if not known:
        return None
    per_gram = [name for name in titles if name in known and name.startswith(PER_GRAM)]
    scale, unit = _scale([band for name in per_gram for band in known[name].bands])
    held, reports = _held(), _reports(knowledge)

    def rows(prefix: str, form: Form, unit: float = 1.0) -> tuple[Row, ...]:
        return tuple(
            Row(
                name,
                titles[name],
                tuple(_cell(band, form, unit) for band in known[name].bands),
                known[name].reason,
                held.get(name, ""),
                reports.get(name, ()),
            )
            for name in titles
            if name in known and name.startswith(prefix)
        )

    return Further(
        rows(FAECAL, "number"),
        rows(COFACTOR, "number"),
        rows(HOST_DRIVE, "share"),
        rows(PER_GRAM, "magnitude", unit),
        scale,
    )


@dataclass(frozen=True)
class _Known:
    """A quantity in each column, and why it is in none; the reason is empty where it is in one."""

    bands: tuple[Band, ...]
    reason: str


def _titles() -> dict[str, str]:
    """Name for people of each quantity, in the order of the page."""
    return {
        **{FAECAL + one.name: one.name.capitalize() for one in METABOLITES},
        **{COFACTOR + name: title for name, title in VITAMINS.items()},
        **{HOST_DRIVE + name: title for name, (title, _) in INDUCERS.items()},
        **{PER_GRAM + name: title for name, title in CAPABILITIES.items()},
    }


def _cell(band: Band, form: Form, unit: float) -> Cell:
    if not band.samples:
        return Cell(None)
    one, two = FORMS[form]
    return Cell(band.mean, one(band.mean / unit), two(band.lower / unit, band.upper / unit))


def _reason(results: Results, quantity: str) -> str:
    """What most samples say of a quantity that none of them has."""
    table = results.quantity(quantity)
    if table["assessable"].any():
        return ""
    told = table["reason"].value_counts()
    return str(min(told.index[told == told.max()]))


def _held() -> dict[str, str]:
    """How often the interval of each prediction held the rank that was measured."""
    found = {
        rows[0].quantity: sorted(row.coverage for row in rows if not missing(row.coverage))
        for rows in measured()
    }
    return {quantity: _coverage(values) for quantity, values in found.items() if values}


def _coverage(values: Sequence[float]) -> str:
    """Coverage over cohorts, each left out, from the least to the most.

    Examples
    --------
    >>> _coverage([0.853, 0.9, 0.922]), _coverage([0.958])
    ('held in 85 to 92%, 3 cohorts', 'held in 96%, 1 cohort')
    """
    low, high = values[0], values[-1]
    held = percent(low) if low == high else percent_interval(low, high)
    return f"held in {held}, {plural(len(values), 'cohort')}"


def _reports(knowledge: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """DOIs of the articles by which something induces TPH1, by quantity."""
    said: dict[str, list[str]] = {}
    for row in records(knowledge.literature):
        if row["direction"] == "induces":
            said.setdefault(str(row["capability"]), []).append(str(row["doi"]))
    return {
        HOST_DRIVE + name: tuple(dict.fromkeys(doi for made in by for doi in said.get(made, ())))
        for name, (_, by) in INDUCERS.items()
    }


def _scale(bands: Sequence[Band]) -> tuple[str, float]:
    """Name and size of what cells are counted in: the largest of which there is one or more."""
    largest = max((band.mean for band in bands if band.samples), default=0.0)
    unit, name = next(((u, n) for u, n in SCALES if largest >= u), SCALES[-1])
    return name, unit
