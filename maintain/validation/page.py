"""The page of accuracies, for people."""

from __future__ import annotations

import pandas as pd

from validation.models import LEAST_MEDIAN
from validation.words import predictions, signed, words

HEADER = """# Accuracy against measured faecal metabolites

Spearman correlations between a quantity and the metabolite measured in the same stool samples,
with 90 % intervals of a bootstrap of whole persons (1,000 draws). *Increment* is the partial rank
correlation given Shannon diversity and depth. Where its interval includes 0 there is no evidence
beyond diversity. *Detected* is the share of samples above the cohort's lowest value. Beside each
stand Shannon alone, depth alone, a random forest (RF) and an elastic net (EN) on genera trained
on the same other cohorts (inner folds keep persons together), and what one of twenty of 200
shuffles of the capabilities between taxa, and of whole persons between each other, reaches in the
direction expected. *Pooled* is a random-effects mean (DerSimonian-Laird, on Fisher's z); where
cohorts differ, a new cohort may lie well outside its interval.

Shannon diversity is that of the table as it came, over its own features: genera in all seven
cohorts, with what could not be classified among them. It is the stricter baseline. Diversity of
the resolved taxa, corrected for 16S copies, follows tryptophan less closely (KIM −0.39 in the place
of −0.50, SINHA −0.16 in the place of −0.29), so that increments over it would flatter. The model's
own feature is still the latter.

Each pair has the sign that biochemistry lets one expect, stated under its title where it is not
*more with more*: a negative correlation of those that use a compound up is what was expected, and
is called so. Where no sign was stated beforehand the verdict only says on which side of zero the
increment lies.

`faecal:` quantities are scored with the whole cohort left out, and strictly nested: which of 18
ridge fits (features, penalty, pull) counts for how much, the coefficients, the strength of the
intervals, and whether the metabolite would be predicted at all (*predicted by others*) come out
of the other cohorts alone. Candidates are weighed by what they were worth there, with cohorts
left out in turn; *single* keeps the best one of them alone, chosen in the same way, and shows how
much hangs on the averaging. Where three cohorts measure a metabolite, the two others leave each
other nothing to fit on but the share alone, and so may say *no* to what all three would predict.

With capabilities shuffled, all cohorts are shuffled alike and fitted anew, with families and
diversity as they are: what a score keeps then is no merit of the capabilities. Few predictions
lie above that, so that most of what is predicted is told by families and diversity, and knowing
what genomes can do adds little to it.

What cannot be undone: the candidates, the averaging, the limit of 0.2 and the substrate's part in
tryptamine were thought of by people who had seen these seven cohorts, so that the figures may
flatter. Genera as features and normal scores in place of ranks were tried in the same nested way
and gained nothing. Tryptamine is measured by KIM alone: nothing about it could be chosen without
KIM. Cohorts never seen are the real test. No coverage is promised for a new cohort.

A metabolite is predicted where the median over cohorts left out is at least 0.2. One that is not
can still have an increment above 0: it is then said to be too weak to predict.

Quantities without rows of their own: `host_drive:butyrate` and `host_drive:deoxycholate` are the
shares of those names; `trp_auxotrophy` is one minus synthesis; `gut_contribution:` is `mass:left`
less a constant of the cohort (in percent of the diet it ranks samples nearly alike), so that all
of these have the ranks of rows that are here. `cofactor:` rises with the quantiles of its share,
which are those of all bacterial cells, and has its own rows. `share:serotonin_synthesis`,
`hydroxytryptophan_synthesis`, `skatole` and `indole_3_aldehyde` have no values, since no genome
data can tell them. Spore-formers, and what reaches the colon, is released or goes into biomass,
have no counterpart among metabolites, and no cohort here has a bacterial load for cells per gram.

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
    ("Single", "single"),
    ("Taxa shuffled", "shuffled_taxa"),
    ("Persons shuffled", "shuffled_labels"),
    ("Coverage", "coverage_90"),
    ("Predicted by others", "predicted_by_others"),
    ("Verdict", "verdict"),
)

EXPECTED = {
    "positive": "",
    "negative": "Expected: less with more.\n\n",
    "none": "No sign was stated beforehand.\n\n",
}


def page(table: pd.DataFrame) -> str:
    """Write the table of accuracies as Markdown."""
    parts = [HEADER, _medians(table), words(table)]
    for (quantity, metabolite), rows in table.groupby(["quantity", "metabolite"], sort=False):
        parts.append(f"## `{quantity}` against {metabolite}\n\n")
        parts.append(EXPECTED[rows["expected"].iloc[0]])
        if rows["samples"].sum() == 0:
            parts.append("No cohort measures it.\n\n")
            continue
        columns = [(title, name) for title, name in COLUMNS if _told(rows[name])]
        parts.append("| " + " | ".join(title for title, _ in columns) + " |\n")
        parts.append("|" + "---|" * len(columns) + "\n")
        parts += [_line(row, [name for _, name in columns]) for _, row in rows.iterrows()]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _told(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())


def _medians(table: pd.DataFrame) -> str:
    single = predictions(table)
    names = ["spearman", "partial_spearman", "single", "forest", "elastic_net", "shannon"]
    lines = [
        "Median over cohorts left out, and in how many of them the forest and the 95 % quantile\n"
        "of shuffled capabilities were beaten:\n\n",
        "| Metabolite | Predicted | Cohorts | Above RF | Above taxa shuffled | Spearman |"
        " Increment | Single | RF | EN | Shannon |\n",
        "|" + "---|" * 11 + "\n",
    ]
    for metabolite, rows in single.groupby("metabolite", sort=False):
        median = rows[names].median()
        cells = [
            str(metabolite),
            "yes" if median["spearman"] >= LEAST_MEDIAN else "no",
            str(len(rows)),
            *(_beaten(rows, name) for name in ("forest", "shuffled_taxa")),
            *(signed(value) for value in median),
        ]
        lines.append("| " + " | ".join(cells) + " |\n")
    return "".join([*lines, "\n", _alone(single)])


def _alone(single: pd.DataFrame) -> str:
    """Say whose row rests on one cohort."""
    cohorts = single.groupby("metabolite", sort=False)["cohort"].nunique()
    names = [str(name) for name in cohorts.index[cohorts == 1]]
    if not names:
        return ""
    return (
        f"A *yes* that rests on one cohort ({', '.join(names)}) was chosen and scored in that\n"
        "cohort: it says nothing yet of another.\n\n"
    )


def _beaten(rows: pd.DataFrame, baseline: str) -> str:
    known = int(rows[baseline].notna().sum())
    return f"{int((rows['spearman'] > rows[baseline]).sum())} of {known}" if known else ""


def _line(row: pd.Series, names: list[str]) -> str:
    return "| " + " | ".join(_cell(row, name) for name in names) + " |\n"


def _cell(row: pd.Series, name: str) -> str:
    if name in ("cohort", "verdict"):
        return str(row[name])
    if name == "predicted_by_others":
        return {"true": "yes", "false": "no"}.get(str(row[name]), "")
    if name == "samples":
        return f"{row['samples']:.0f} ({row['persons']:.0f})"
    if name in ("detected", "coverage_90"):
        return "" if pd.isna(row[name]) else f"{row[name]:.0%}"
    text = signed(row[name])
    if name.endswith("spearman"):
        low, high = (row[name.replace("spearman", end)] for end in ("lower", "upper"))
        return f"{text} ({_end(low)} to {_end(high)})"
    return text


def _end(value: float) -> str:
    """End of an interval: not shown as 0 unless it is, so that it is seen whether 0 is inside."""
    return signed(value, 2 if value == 0 or round(value, 2) else 3)
