"""What a quantity has to beat: genera by machine learning, and shuffles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR
from tryptome.estimate.faecal.ranks import ranks
from validation.cohorts import Paired, rank_of
from validation.pairs import BALANCE, SHARE, Pair

Array = npt.NDArray[np.float64]

SHUFFLES = 200
HELD_BY = 0.1
"""Share of the training samples in which a genus must occur."""

FOLDS = 5
"""Inner folds of the elastic net."""

EXTREME = 0.95
"""Share of the shuffles that a correlation has to exceed."""


def learned(cohorts: list[Paired], out: Paired, metabolite: str, seed: int) -> tuple[Array, Array]:
    """Predict a cohort by a random forest and an elastic net on the others' genera.

    Returns
    -------
    forest, elastic_net : ndarray, shape (samples,)
        Empty where no other cohort measures the metabolite.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import ElasticNetCV
    from sklearn.model_selection import GroupKFold

    others = [c for c in cohorts if c is not out and metabolite in c.measured]
    if not others:
        return np.empty(0), np.empty(0)
    x, y, persons, test = _design(others, out, metabolite)
    forest = RandomForestRegressor(200, min_samples_leaf=3, max_features=0.33, random_state=seed)
    folds = list(GroupKFold(FOLDS).split(x, y, persons))
    net = ElasticNetCV(l1_ratio=0.5, alphas=10, eps=0.05, cv=folds, max_iter=5000)
    return forest.fit(x, y).predict(test), net.fit(x, y).predict(test)


def _design(
    others: list[Paired], out: Paired, metabolite: str
) -> tuple[Array, Array, npt.NDArray[np.str_], Array]:
    together = pd.concat([c.genera for c in others]).fillna(0)
    kept = list(together.columns[(together > 0).mean() > HELD_BY])
    parts, ys, persons = [], [], []
    for cohort in others:
        y = rank_of(cohort.measured[metabolite])
        known = ~np.isnan(y)
        parts.append(_ranked(cohort, kept)[known])
        ys.append(y[known])
        persons.append(np.char.add(f"{cohort.name} ", cohort.persons[known].astype(str)))
    joined = np.concatenate(parts), np.concatenate(ys), np.concatenate(persons)
    return *joined, _ranked(out, kept)


def _ranked(cohort: Paired, genera: list[str]) -> Array:
    share = cohort.genera.div(cohort.genera.sum(axis="columns"), axis="index")
    return ranks(share.reindex(columns=genera).fillna(0).to_numpy(float))


def shuffled_taxa(cohort: Paired, pair: Pair, y: Array, seed: int) -> float:
    """What a share or the balance is worth once capabilities are shuffled between taxa.

    Of the balance a taxon gets both capabilities of another one.

    Returns
    -------
    float
        As of :func:`extreme`; NaN for any other quantity.
    """
    both = (NUMERATOR, DENOMINATOR)
    names = both if pair.quantity == BALANCE else (pair.quantity.removeprefix(SHARE),)
    if not set(names) <= set(cohort.prevalence):
        return float("nan")
    found = shuffled_shares(cohort, names, seed)
    logs = [np.log2(share + EPSILON) for share in found]
    values = logs[0] - logs[1] if pair.quantity == BALANCE else found[0]
    return extreme(correlations(values, y), pair.expected)


def shuffled_shares(cohort: Paired, capabilities: tuple[str, ...], seed: int) -> list[Array]:
    """Shares of each capability, samples x shuffles; NaN where a sample has none."""
    prevalence = cohort.prevalence[list(capabilities)].to_numpy(float)
    known = np.flatnonzero(~np.isnan(prevalence).any(axis=1))
    cells = cohort.cells[:, known]
    rng = np.random.default_rng(seed)
    order = np.stack([rng.permutation(known) for _ in range(SHUFFLES)], axis=1)
    total = np.asarray(cells.sum(axis=1)).reshape(-1, 1)
    total = np.where(total > 0, total, np.nan)
    return [np.asarray(cells @ column[order]) / total for column in prevalence.T]


def shuffled_labels(
    x: Array, y: Array, persons: npt.NDArray[np.object_], expected: int, seed: int
) -> float:
    """What a quantity is worth once whole persons are shuffled; see :func:`extreme`."""
    rng = np.random.default_rng(seed)
    columns = np.stack([x[shuffled_persons(persons, rng)] for _ in range(SHUFFLES)], axis=1)
    return extreme(correlations(columns, y), expected)


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


def extreme(found: Array, expected: int) -> float:
    """What one shuffle of twenty reaches in the direction expected; in size, where none is.

    Examples
    --------
    >>> found = np.linspace(-0.2, 0.6, 801)
    >>> [round(extreme(found, expected), 3) for expected in (1, -1, 0)]
    [0.56, -0.16, 0.56]
    """
    if not expected:
        return float(np.quantile(np.abs(found), EXTREME))
    return expected * float(np.quantile(expected * found, EXTREME))


def correlations(columns: Array, y: Array) -> Array:
    """Spearman correlation of each column with a metabolite."""
    known = ~np.isnan(y) & ~np.isnan(columns).any(axis=1)
    x = rankdata(columns[known], axis=0)
    target = rankdata(y[known])
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)
    target = (target - target.mean()) / (target.std() + 1e-12)
    return np.asarray(target @ x / len(target))
