"""Fit the concentrations of the hierarchical model and write ``hyperparameters.tsv``.

Genomes of each species are predicted with the whole species left out. The
three concentrations that all capabilities share maximise the sum of the log
probabilities; each capability's own ones maximise its sum less a penalty for
straying from the shared ones, a normal distribution of their logarithms with
standard deviation ``LOG_SD``. A capability with fewer positive species than
``FEW_SPECIES`` has none of its own: it takes the shared ones, which let species
and genera differ widely.

``LOG_SD`` was chosen by four-fold cross-validation over families. The log
probability of the families left out was -9800 (0, all shared), -9784 (0.125),
-9764 (0.25), -9756 (0.5) and -9767 (1); 0.25 is the strongest sharing within
one standard error (over folds) of the best.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from tryptome.annotate.counting import count_genomes
from tryptome.annotate.hierarchy import (
    Array,
    Concentrations,
    Counts,
    log_predictive,
    posteriors,
)
from tryptome.annotate.posterior import FEW_SPECIES
from tryptome.knowledge.base import KnowledgeBase
from tryptome.tables import write_tsv

LOG_SD = 0.25
LEVELS = ("species", "genus", "family")
START = np.log([0.5, 0.5, 0.5])
DIGITS = 4


def main(folder: str, output: str) -> None:
    """Fit on the tables in ``folder`` and write ``output``."""
    knowledge = KnowledgeBase(Path(folder))
    counted = count_genomes(knowledge)
    fitted = [
        (number, c.name)
        for number, c in enumerate(knowledge.capabilities)
        if c.source and not c.derived_from
    ]
    slices = {name: _one(counted.counts, number) for number, name in fitted}
    shared = _minimum(lambda x: -sum(_score(x, c) for c in slices.values()), START)
    own = {name: _own(shared, counts) for name, counts in slices.items()}
    rows: list[tuple[str, str, float | None, float]] = []
    rows += [("shared", level, None, value) for level, value in zip(LEVELS, shared, strict=True)]
    for name, x in own.items():
        root = float(posteriors(slices[name], _kappa(x)).root.mean[0])
        rows += [(name, level, root, value) for level, value in zip(LEVELS, x, strict=True)]
    table = pd.DataFrame(rows, columns=["capability", "level", "mean", "concentration"])
    table["concentration"] = np.exp(table["concentration"].astype(float)).round(DIGITS)
    table["mean"] = table["mean"].astype(float).round(DIGITS)
    write_tsv(table, output)


def _own(shared: Array, counts: Counts) -> Array:
    """Logarithms of the concentrations of one capability."""
    if (counts.positives > 0).sum() < FEW_SPECIES:
        return shared

    def loss(x: Array) -> float:
        return -_score(x, counts) + float(np.sum((x - shared) ** 2)) / (2 * LOG_SD**2)

    return _minimum(loss, shared)


def _minimum(loss: Callable[[Array], float], start: Array) -> Array:
    return np.asarray(minimize(loss, start, method="Nelder-Mead").x)


def _score(x: Array, counts: Counts) -> float:
    return float(log_predictive(counts, _kappa(x)).sum())


def _kappa(x: Array) -> Concentrations:
    return Concentrations(*(np.array([value]) for value in np.exp(x)))


def _one(counts: Counts, column: int) -> Counts:
    at = slice(column, column + 1)
    return Counts(
        counts.genomes[:, at], counts.positives[:, at], counts.genus, counts.family, counts.families
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
