"""How well each quantity followed what was measured in stool, as validation found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.paths import resource

if TYPE_CHECKING:
    import pandas as pd

BASELINES = {
    "shannon": "Diversity alone",
    "depth": "Depth alone",
    "forest": "Random forest",
    "elastic_net": "Elastic net",
    "shuffled_taxa": "Taxa shuffled",
    "shuffled_labels": "Persons shuffled",
}
"""Title of each column of what a quantity has to beat."""

NUMBERS = (
    *("samples", "persons", "detected", "spearman", "lower", "upper"),
    *("partial_spearman", "partial_lower", "partial_upper", "coverage_90"),
    *BASELINES,
)


@dataclass(frozen=True)
class Accuracy:
    """A quantity against a metabolite, in one cohort or pooled over several.

    Attributes
    ----------
    quantity, metabolite, cohort, verdict : str
        The cohort is ``none`` where no cohort measures the metabolite.
    expected : str
        Sign of the correlation to expect: ``positive``, ``negative`` or ``none``.
    samples, persons : int
    detected : float
        Share of the samples above the cohort's lowest value; null where pooled.
    spearman, lower, upper : float
        Rank correlation, with its 90 % interval.
    increment, increment_lower, increment_upper : float
        The same given Shannon diversity and depth.
    baselines : mapping of str to float
        What it has to beat, under the names of :data:`BASELINES`; null where pooled.
    coverage : float
        How often the 90 % interval of a predicted rank held it; null where pooled, and
        where nothing is predicted.
    """

    quantity: str
    metabolite: str
    cohort: str
    verdict: str
    expected: str
    samples: int
    persons: int
    detected: float
    spearman: float
    lower: float
    upper: float
    increment: float
    increment_lower: float
    increment_upper: float
    baselines: Mapping[str, float]
    coverage: float

    @property
    def measured(self) -> bool:
        """Whether any cohort measures the metabolite."""
        return self.samples > 0


def measured() -> list[list[Accuracy]]:
    """Accuracies that ship, one list a quantity and metabolite, failures among them.

    Returns
    -------
    list of list of Accuracy
        Cohort by cohort, pooled last, as in ``resources/prediction/accuracy.tsv``.

    Examples
    --------
    >>> [group] = [g for g in measured() if g[0].metabolite == "tryptamine" and
    ...            g[0].quantity == "share:tryptamine"]
    >>> [(row.cohort, row.verdict) for row in group]
    [('KIM', 'beyond diversity')]
    """
    from tryptome.tables import read_tsv

    table = read_tsv(resource("prediction", "accuracy.tsv"), numeric=NUMBERS)
    return [
        [_row(row) for _, row in rows.iterrows()]
        for _, rows in table.groupby(["quantity", "metabolite"], sort=False)
    ]


def above_shuffled() -> tuple[int, int]:
    """Count predictions that beat shuffled capabilities, of those that can be compared.

    Returns
    -------
    above, compared : int
        Pairs of a ``faecal:`` quantity and a cohort; shuffled between taxa and fitted anew,
        of which the 95 % quantile counts.

    Examples
    --------
    >>> above, compared = above_shuffled()
    >>> 0 <= above <= compared
    True
    """
    from tryptome.tables import read_tsv

    table = read_tsv(resource("prediction", "accuracy.tsv"), numeric=("spearman", "shuffled_taxa"))
    known = table["quantity"].str.startswith("faecal:") & table["shuffled_taxa"].notna()
    above = table["spearman"] > table["shuffled_taxa"]
    return int((known & above).sum()), int(known.sum())


def _row(row: pd.Series) -> Accuracy:
    return Accuracy(
        quantity=str(row["quantity"]),
        metabolite=str(row["metabolite"]),
        cohort=str(row["cohort"]),
        verdict=str(row["verdict"]),
        expected=str(row["expected"]),
        samples=int(row["samples"]),
        persons=int(row["persons"]),
        detected=float(row["detected"]),
        spearman=float(row["spearman"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        increment=float(row["partial_spearman"]),
        increment_lower=float(row["partial_lower"]),
        increment_upper=float(row["partial_upper"]),
        baselines={name: float(row[name]) for name in BASELINES},
        coverage=float(row["coverage_90"]),
    )
