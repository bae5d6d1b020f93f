"""The table of every sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tryptome.groups import Grouping
from tryptome.report.results import BALANCE, DIVERT, LISTED, MAKE, Results, records
from tryptome.report.strips import Scale, scale, strip
from tryptome.report.wording import amount, interval, missing, number, percent, percent_interval
from tryptome.vocabulary import RESOLVED


@dataclass(frozen=True)
class Cell:
    """A number as shown, and exactly.

    Attributes
    ----------
    text : str
        As shown.
    value : float or None
        As in the result file, for sorting.
    aside : str
        Its interval.
    """

    text: str
    value: float | None
    aside: str = ""


@dataclass(frozen=True)
class Row:
    """One sample.

    Attributes
    ----------
    sample, group, person : str
        Its id, the label of its group, and its person (empty where none is named).
    reads, resolved, balance, make, divert : Cell
        Its numbers.
    strip : markupsafe.Markup
        Plot of the balance with its 50 % and 90 % intervals.
    reason : str
        Why the balance is not assessable, or empty.
    """

    sample: str
    group: str
    person: str
    reads: Cell
    resolved: Cell
    balance: Cell
    make: Cell
    divert: Cell
    strip: Markup
    reason: str


def balance_scale(results: Results) -> Scale:
    """Scale of the plots: all 90 % intervals fit."""
    balance = results.quantity(BALANCE)
    return scale([balance["q05"].min(), balance["q95"].max()])


def rows(results: Results, grouping: Grouping, subject_column: str | None) -> list[Row]:
    """Rows of the first 1,000 samples, in the order of the table.

    Parameters
    ----------
    results : Results
        The result files.
    grouping : Grouping
        Group of each sample.
    subject_column : str or None
        Column that names the person of a sample.
    """
    groups = [grouping.groups[number].label for number in grouping.numbers()[:LISTED]]
    metadata = records(results.samples.head(LISTED))
    on = balance_scale(results)
    tables = {name: records(results.listed(name)) for name in (BALANCE, MAKE, DIVERT)}
    accounting = records(results.accounting.head(LISTED))
    found = []
    for place, named in enumerate(metadata):
        tiers = accounting[place]
        share = sum(tiers[tier] for tier in RESOLVED)
        balance = tables[BALANCE][place]
        found.append(
            Row(
                sample=str(named["sample"]),
                group=groups[place],
                person=str(named.get(subject_column or "", "")),
                reads=Cell(amount(tiers["reads"]), tiers["reads"]),
                resolved=Cell(percent(share), share),
                balance=_balance(balance),
                make=_share(tables[MAKE][place]),
                divert=_share(tables[DIVERT][place]),
                strip=_strip(balance, on),
                reason="" if balance["assessable"] else str(balance["reason"]),
            )
        )
    return found


def _balance(row: dict[str, Any]) -> Cell:
    if missing(row["mean"]):
        return Cell("not assessable", None)
    return Cell(number(row["mean"]), row["mean"], interval(row["q05"], row["q95"]))


def _share(row: dict[str, Any]) -> Cell:
    if missing(row["mean"]):
        return Cell("not assessable", None)
    return Cell(percent(row["mean"]), row["mean"], percent_interval(row["q05"], row["q95"]))


def _strip(row: dict[str, Any], on: Scale) -> Markup:
    if missing(row["mean"]):
        return Markup("")
    return strip(on, row["mean"], (row["q05"], row["q95"]), (row["q25"], row["q75"]))
