"""The files of ``resources/prediction``: coefficients, provenance, training cohorts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tryptome.estimate.faecal.applicability import describe
from tryptome.estimate.faecal.fit import CANDIDATES, LEAST_COHORTS, Training
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.nested import Nested
from tryptome.knowledge.base import load
from tryptome.tables import write_tsv
from validation.cohorts import Paired

LEAST_MEDIAN = 0.2
"""Median Spearman correlation over cohorts left out from which a metabolite is predicted."""

NEGLIGIBLE = 1e-4


def write(cohorts: list[Paired], trained: list[Training], folder: Path) -> None:
    """Write ``coefficients.tsv``, ``models.tsv``, ``candidates.tsv`` and ``training.tsv``."""
    nested = Nested(trained)
    write_tsv(coefficients(nested), folder / "coefficients.tsv")
    write_tsv(pd.DataFrame([_model(nested, m.name) for m in METABOLITES]), folder / "models.tsv")
    write_tsv(candidates(nested), folder / "candidates.tsv")
    write_tsv(describe({c.name: c.features for c in cohorts}), folder / "training.tsv")


def coefficients(nested: Nested) -> pd.DataFrame:
    """Coefficients on scaled ranks, of every metabolite."""
    names = next(iter(nested.cohorts.values())).names
    rows = []
    for metabolite in METABOLITES:
        pairs = zip(names, nested.fit(metabolite.name), strict=True)
        rows += [(metabolite.name, name, value) for name, value in pairs if abs(value) > NEGLIGIBLE]
    return pd.DataFrame(rows, columns=["metabolite", "feature", "coefficient"])


def candidates(nested: Nested) -> pd.DataFrame:
    """What each candidate fit was worth with cohorts left out, and what it weighs."""
    rows = pd.DataFrame(CANDIDATES, columns=["features", "penalty", "pull"])
    return rows.assign(correlation=nested.worth(), weight=nested.weights())


def _model(nested: Nested, metabolite: str) -> dict[str, object]:
    """Where a metabolite's coefficients come from, and whether it is predicted."""
    measuring = nested.without((), metabolite)
    median = nested.median(metabolite)
    known = [~np.isnan(cohort.measured[metabolite]) for cohort in measuring]
    persons = [
        len(set(cohort.persons[mask])) for cohort, mask in zip(measuring, known, strict=True)
    ]
    return {
        "metabolite": metabolite,
        "origin": "fitted" if len(measuring) >= LEAST_COHORTS else "untrained share and substrate",
        "reason": reason(median),
        "strength": round(nested.strength(metabolite), 3),
        "median_spearman": round(median, 3),
        "cohorts": ";".join(cohort.name for cohort in measuring),
        "samples": sum(int(mask.sum()) for mask in known),
        "persons": sum(persons),
        "knowledge": load().version,
    }


def reason(median: float) -> str:
    """Why a metabolite is not predicted; empty where it is."""
    if np.isnan(median):
        return "not predictable: no training cohort measures it"
    if median < LEAST_MEDIAN:
        return (
            "not predictable: median correlation over cohorts left out under "
            f"{LEAST_MEDIAN} ({median:.2f})"
        )
    return ""
