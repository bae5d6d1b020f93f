"""What was to be reached of each predicted metabolite, what was, and what was tried, in words."""

from __future__ import annotations

import pandas as pd

from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.measured.correlation import BEYOND
from validation.pairs import FAECAL, SHARE

TARGETS = {
    "tryptophan": 0.30,
    "tryptamine": 0.40,
    "indolelactate": 0.43,
    "indolepropionate": 0.35,
    "butyrate": 0.40,
    "deoxycholate": 0.37,
}
"""Median correlation over cohorts left out that was set beforehand as worth striving for."""

INTRODUCTION = """## What was to be reached, and what was

For six metabolites a median correlation over cohorts left out was set beforehand as worth striving
for, each above the random forest. What was tried on each, in the same cohorts and by the same
rules: the share of its makers alone, without any fit; the best of the ridge fits alone; their
weighed mean, which ships; and an elastic net on genera in the place of all of these.

"""


def predictions(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of predicted metabolites in single cohorts that measure them."""
    known = table["quantity"].str.startswith(FAECAL) & (table["samples"] > 0)
    return table[known & (table["cohort"] != "pooled")]


def words(table: pd.DataFrame) -> str:
    """Write a paragraph for each metabolite that is predicted or was tried."""
    single = predictions(table)
    lines = [_told(m.name, single, _share(table, m.name, m.capability)) for m in METABOLITES]
    return INTRODUCTION + "".join(lines) + "\n"


def _share(table: pd.DataFrame, metabolite: str, capability: str) -> float:
    own = (table["quantity"] == SHARE + capability) & (table["metabolite"] == metabolite)
    return float(table.loc[own & (table["cohort"] != "pooled"), "spearman"].median())


def _told(metabolite: str, single: pd.DataFrame, share: float) -> str:
    rows = single[single["metabolite"] == metabolite]
    if rows.empty:
        return f"- **{metabolite}**: no cohort measures it, so that nothing could be tried.\n"
    reached = float(rows["spearman"].median())
    sentences = (
        _reached(metabolite, reached, len(rows)),
        _against_forest(rows, reached),
        _tried(rows, reached, share),
        _increment(rows),
    )
    return f"- **{metabolite}**: {' '.join(sentences)}\n"


def _reached(metabolite: str, reached: float, cohorts: int) -> str:
    where = "in the one cohort that measures it" if cohorts == 1 else f"over {cohorts} cohorts"
    if metabolite not in TARGETS:
        return f"no target was set; reached {signed(reached)} {where}."
    target = TARGETS[metabolite]
    verdict = "reached" if reached >= target else "not reached"
    return f"to strive for {signed(target)}; {signed(reached)} {where}, so {verdict}."


def _against_forest(rows: pd.DataFrame, reached: float) -> str:
    known = rows.dropna(subset=["forest"])
    if known.empty:
        return "No forest, since no other cohort measures it."
    forest = float(known["forest"].median())
    beaten = int((known["spearman"] > known["forest"]).sum())
    side = "Above" if reached > forest else "Not above"
    held = f"it is beaten in {beaten} of {len(known)} cohorts"
    return f"{side} the forest's {signed(forest)} ({held})."


def _tried(rows: pd.DataFrame, reached: float, share: float) -> str:
    tried = f"the share alone {signed(share)}, the best fit alone {signed(rows['single'].median())}"
    net = rows["elastic_net"].median()
    last = "" if pd.isna(net) else f", the elastic net {signed(net)}"
    return f"Tried: {tried}, the mean of fits {signed(reached)}{last}."


def _increment(rows: pd.DataFrame) -> str:
    above = int(rows["verdict"].str.startswith(BEYOND).sum())
    middle = signed(rows["partial_spearman"].median())
    return f"Given diversity and depth {middle}, its interval above 0 in {above} of {len(rows)}."


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign; empty where there is none.

    Examples
    --------
    >>> signed(-0.514), signed(0.3), signed(float("nan"))
    ('−0.51', '+0.30', '')
    """
    return "" if pd.isna(value) else f"{value:+.{digits}f}".replace("-", "−")
