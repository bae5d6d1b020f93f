"""What a quantity has to beat: genera by machine learning, and shuffles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from tryptome.estimate.faecal.ranks import ranks
from validation.cohorts import Paired, rank_of

Array = npt.NDArray[np.float64]

SHUFFLES = 200
HELD_BY = 0.1
"""Share of the training samples in which a genus must occur."""


def learned(cohorts: list[Paired], out: Paired, metabolite: str, seed: int) -> tuple[Array, Array]:
    """Predict a cohort by a random forest and an elastic net on the others' genera.

    Returns
    -------
    forest, elastic_net : ndarray, shape (samples,)
        Empty where no other cohort measures the metabolite.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import ElasticNetCV

    others = [c for c in cohorts if c is not out and metabolite in c.measured]
    if not others:
        return np.empty(0), np.empty(0)
    x, y, test = _design(others, out, metabolite)
    forest = RandomForestRegressor(200, min_samples_leaf=3, max_features=0.33, random_state=seed)
    net = ElasticNetCV(l1_ratio=0.5, alphas=10, eps=0.05, cv=5, max_iter=5000)
    return forest.fit(x, y).predict(test), net.fit(x, y).predict(test)


def _design(others: list[Paired], out: Paired, metabolite: str) -> tuple[Array, Array, Array]:
    together = pd.concat([c.genera for c in others]).fillna(0)
    kept = list(together.columns[(together > 0).mean() > HELD_BY])
    parts, ys = [], []
    for cohort in others:
        y = rank_of(cohort.measured[metabolite])
        known = ~np.isnan(y)
        parts.append(_ranked(cohort, kept)[known])
        ys.append(y[known])
    return np.concatenate(parts), np.concatenate(ys), _ranked(out, kept)


def _ranked(cohort: Paired, genera: list[str]) -> Array:
    share = cohort.genera.div(cohort.genera.sum(axis="columns"), axis="index")
    return ranks(share.reindex(columns=genera).fillna(0).to_numpy(float))


def shuffled_taxa(cohort: Paired, capability: str, y: Array, seed: int) -> float:
    """95 % quantile of the correlation once a capability is shuffled between taxa."""
    prevalence = cohort.prevalence[capability].to_numpy(float)
    known = ~np.isnan(prevalence)
    cells = cohort.cells[:, np.flatnonzero(known)]
    rng = np.random.default_rng(seed)
    shuffles = np.stack([rng.permutation(prevalence[known]) for _ in range(SHUFFLES)], axis=1)
    total = np.asarray(cells.sum(axis=1)).reshape(-1, 1)
    shares = np.asarray(cells @ shuffles) / np.where(total > 0, total, np.nan)
    return upper(shares, y)


def shuffled_labels(x: Array, y: Array, persons: npt.NDArray[np.object_], seed: int) -> float:
    """95 % quantile of the correlation once whole persons are shuffled."""
    rng = np.random.default_rng(seed)
    return upper(np.stack([x[shuffled_persons(persons, rng)] for _ in range(SHUFFLES)], axis=1), y)


def shuffled_persons(
    persons: npt.NDArray[np.object_], rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Samples of another person in place of each person's own.

    Where the other one has fewer samples they are repeated from the first, and where
    more, the last ones are left out.

    Examples
    --------
    >>> persons = np.array(["a", "a", "b", "b"], dtype=object)
    >>> shuffled_persons(persons, np.random.default_rng(3)).tolist()
    [2, 3, 0, 1]
    """
    _, person = np.unique(persons.astype(str), return_inverse=True)
    rows = [np.flatnonzero(person == one) for one in range(int(person.max()) + 1)]
    out = np.empty(len(persons), dtype=np.intp)
    for own, other in zip(rows, rng.permutation(len(rows)), strict=True):
        out[own] = np.resize(rows[other], len(own))
    return out


def upper(columns: Array, y: Array) -> float:
    """95 % quantile of the Spearman correlations of columns with a metabolite."""
    known = ~np.isnan(y) & ~np.isnan(columns).any(axis=1)
    x = rankdata(columns[known], axis=0)
    target = rankdata(y[known])
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)
    target = (target - target.mean()) / (target.std() + 1e-12)
    return float(np.quantile(target @ x / len(target), 0.95))
