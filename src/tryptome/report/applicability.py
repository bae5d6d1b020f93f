"""Whether accuracy was measured on samples like those of this cohort."""

from __future__ import annotations

from dataclasses import dataclass

from tryptome.report.results import Results
from tryptome.report.wording import listed, number, percent, plural

MOSTLY = 0.9
"""Share of samples from which the cohort counts as like those that were measured."""

HALF = 0.5


@dataclass(frozen=True)
class Applicability:
    """How far the measured accuracy speaks for this cohort.

    Attributes
    ----------
    alike : float
        Share of the samples that are like those of a cohort that was measured.
    text : str
        The finding in words.
    reason : str
        The numbers that it follows from.
    """

    alike: float
    text: str
    reason: str


def describe(results: Results) -> Applicability | None:
    """Say how like the measured cohorts the samples are.

    Parameters
    ----------
    results : Results
        The result files.

    Returns
    -------
    Applicability or None
        ``None`` where no sample has a distance.
    """
    table = results.applicability.dropna(subset=["distance"])
    if table.empty:
        return None
    known = len(table)
    like = table["like_training"].astype(str).str.lower() == "true"
    alike = float(like.mean())
    nearest = table["nearest"].value_counts()
    names = [f"{name} ({nearest[name]})" for name in sorted(nearest.index)]
    reason = (
        f"{int(like.sum()):,} of {plural(known, 'sample')} ({percent(alike)}) "
        f"{'lies' if like.sum() == 1 else 'lie'} as near to a measured cohort, by their families, "
        "as 95% of its own samples do (median Bray-Curtis distance "
        f"{number(float(table['distance'].median()))}); nearest: {listed(names)}."
    )
    return Applicability(alike, _finding(alike), reason)


def _finding(alike: float) -> str:
    if alike >= MOSTLY:
        return "Yes, most of them."
    if alike >= HALF:
        return "Many of them are; for the others the accuracies below may not hold."
    return "Most of them are not: the accuracies below may not hold here."
