"""The files of ``resources/prediction``: coefficients, provenance, training cohorts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from tryptome.estimate.faecal.applicability import describe
from tryptome.estimate.faecal.fit import LEAST_COHORTS, Training, fit, left_out, strength
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.knowledge.base import load
from tryptome.tables import write_tsv
from validation.cohorts import Paired

LEAST_MEDIAN = 0.2
"""Median Spearman correlation over cohorts left out from which a metabolite is predicted."""

NEGLIGIBLE = 1e-4


def write(cohorts: list[Paired], trained: list[Training], folder: Path) -> None:
    """Write ``coefficients.tsv``, ``models.tsv`` and ``training.tsv``."""
    write_tsv(coefficients(trained), folder / "coefficients.tsv")
    write_tsv(models(trained), folder / "models.tsv")
    write_tsv(describe({c.name: c.features for c in cohorts}), folder / "training.tsv")


def coefficients(trained: list[Training]) -> pd.DataFrame:
    """Coefficients on scaled ranks, of every metabolite."""
    rows = []
    for metabolite in METABOLITES:
        found = fit(trained, metabolite.name)
        pairs = zip(trained[0].names, found, strict=True)
        rows += [(metabolite.name, name, value) for name, value in pairs if abs(value) > NEGLIGIBLE]
    return pd.DataFrame(rows, columns=["metabolite", "feature", "coefficient"])


def models(trained: list[Training]) -> pd.DataFrame:
    """Where each metabolite's coefficients come from, and whether it is predicted."""
    return pd.DataFrame([_model(trained, metabolite.name) for metabolite in METABOLITES])


def _model(trained: list[Training], metabolite: str) -> dict[str, object]:
    measuring = [cohort for cohort in trained if metabolite in cohort.measured]
    median = median_left_out(trained, metabolite)
    known = [~np.isnan(cohort.measured[metabolite]) for cohort in measuring]
    persons = [
        len(set(cohort.persons[mask])) for cohort, mask in zip(measuring, known, strict=True)
    ]
    return {
        "metabolite": metabolite,
        "origin": "fitted" if len(measuring) >= LEAST_COHORTS else "untrained share and substrate",
        "reason": _reason(median),
        "strength": round(strength(trained, metabolite), 3),
        "median_spearman": round(median, 3),
        "cohorts": ";".join(cohort.name for cohort in measuring),
        "samples": sum(int(mask.sum()) for mask in known),
        "persons": sum(persons),
        "knowledge": load().version,
    }


def _reason(median: float) -> str:
    if np.isnan(median):
        return "not predictable: no training cohort measures it"
    if median < LEAST_MEDIAN:
        return (
            "not predictable: median correlation over cohorts left out under "
            f"{LEAST_MEDIAN} ({median:.2f})"
        )
    return ""


def median_left_out(trained: list[Training], metabolite: str) -> float:
    """Median Spearman correlation over the cohorts that measure it, each left out."""
    found = left_out(trained, metabolite)
    by_name = {cohort.name: cohort for cohort in trained}
    each = [
        spearmanr(score, by_name[name].measured[metabolite], nan_policy="omit").statistic
        for name, score in found.items()
    ]
    return float(np.median(each)) if each else float("nan")
