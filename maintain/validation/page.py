"""The page of accuracies, for people."""

from __future__ import annotations

import pandas as pd

HEADER = """# Accuracy against measured faecal metabolites

Spearman correlations between a quantity and the metabolite measured in the same stool samples,
with 90 % intervals of a bootstrap of whole persons (1,000 draws). *Increment* is the partial rank
correlation given Shannon diversity and depth. Where its interval includes 0 there is no evidence
beyond diversity. *Detected* is the share of samples above the cohort's lowest value. Beside each
stand Shannon alone, depth alone, a random forest (RF) and an elastic net (EN) on genera trained
on the same other cohorts, and the 95 % quantile after 200 shuffles of the capability between taxa
and of samples. *Pooled* is a random-effects mean (DerSimonian-Laird, on Fisher's z); where
cohorts differ, a new cohort may lie well outside its interval.

`faecal:` quantities are scored with the whole cohort left out of the fit. No setting is chosen by
any cohort: coefficients are a mean over a fixed set of ridge fits. The forms that went into that
set (ranks, families, Shannon, penalties, substrate) were however drawn up by people who had seen
these seven cohorts, so that the figures may flatter; cohorts never seen are the real test.
Coverage is that of the 90 % interval with a strength out of the other cohorts alone; none is
promised for a new cohort. Shuffled samples do not keep persons together, so in cohorts with
repeated persons that column is too low.

"""

COLUMNS = (
    ("Cohort", "cohort"),
    ("Spearman", "spearman"),
    ("Increment", "partial_spearman"),
    ("n (persons)", "samples"),
    ("Detected", "detected"),
    ("Shannon", "shannon"),
    ("Depth", "depth"),
    ("RF", "forest"),
    ("EN", "elastic_net"),
    ("Taxa shuffled", "shuffled_taxa"),
    ("Samples shuffled", "shuffled_labels"),
    ("Coverage", "coverage_90"),
    ("Verdict", "verdict"),
)


def page(table: pd.DataFrame) -> str:
    """Write the table of accuracies as Markdown."""
    parts = [HEADER, _medians(table)]
    for (quantity, metabolite), rows in table.groupby(["quantity", "metabolite"], sort=False):
        parts.append(f"## `{quantity}` against {metabolite}\n\n")
        parts.append("| " + " | ".join(title for title, _ in COLUMNS) + " |\n")
        parts.append("|" + "---|" * len(COLUMNS) + "\n")
        parts += [_line(row) for _, row in rows.iterrows()]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _medians(table: pd.DataFrame) -> str:
    single = table[(table["cohort"] != "pooled") & table["quantity"].str.startswith("faecal:")]
    names = ["spearman", "partial_spearman", "forest", "elastic_net", "shannon"]
    found = single.groupby("metabolite", sort=False)[names].median()
    counts = single["metabolite"].value_counts().to_dict()
    lines = [
        "Median over cohorts left out:\n\n",
        "| Metabolite | Cohorts | Spearman | Increment | RF | EN | Shannon |\n",
        "|---|---|---|---|---|---|---|\n",
    ]
    for metabolite, row in found.iterrows():
        cells = " | ".join(_number(value) for value in row)
        lines.append(f"| {metabolite} | {counts[metabolite]} | {cells} |\n")
    return "".join([*lines, "\n"])


def _line(row: pd.Series) -> str:
    return "| " + " | ".join(_cell(row, name) for _, name in COLUMNS) + " |\n"


def _cell(row: pd.Series, name: str) -> str:
    if name in ("cohort", "verdict"):
        return str(row[name])
    if name == "samples":
        return f"{row['samples']:.0f} ({row['persons']:.0f})"
    if name in ("detected", "coverage_90"):
        return "" if pd.isna(row[name]) else f"{row[name]:.0%}"
    text = _number(row[name])
    if name.endswith("spearman"):
        low, high = (row[name.replace("spearman", end)] for end in ("lower", "upper"))
        return f"{text} ({_number(low)} to {_number(high)})"
    return text


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:+.2f}".replace("-", "−")
