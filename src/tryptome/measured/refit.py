r"""Refit the coefficients of faecal metabolites with a cohort of the user's own.

The training cohorts do not ship, so the fit on the user's cohort is pulled towards
the coefficients that do:

.. math::

    \min_\beta \overline{(y - X\beta)^2} + \lambda \lVert \beta - \rho\beta_0 \rVert^2

with each person weighing the same, and the strength :math:`\rho` as shipped. The new
strength is measured within the cohort, whole persons left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.faecal.features import Families, features
from tryptome.estimate.faecal.fit import Training, correlation, moments
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import Model, load
from tryptome.estimate.faecal.ranks import ranks
from tryptome.measured.table import read_measured
from tryptome.tables import read_biom, read_tsv, write_tsv
from tryptome.values import read_values

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

PENALTY = 3.0
FOLDS = 5
LEAST_PERSONS = 20
LEAST_STRENGTH = 0.2


def run(
    measured: str,
    samples: str,
    quantities: str,
    composition: str,
    *,
    coefficients_out: str,
    models_out: str,
    columns: dict[str, str],
    subject_column: str | None,
    seed: int,
) -> None:
    """Write coefficients that a cohort's own measurements have moved.

    Parameters
    ----------
    measured, samples, quantities, composition, columns, subject_column, seed
        As of :func:`tryptome.measured.run.run`.
    coefficients_out, models_out : str
        In the form of ``resources/prediction``.
    """
    import pandas as pd

    metadata = read_tsv(samples)
    names = list(metadata["sample"])
    found = read_measured(measured, columns, names)
    persons = metadata[subject_column or "sample"].to_numpy(object)
    shipped = load()
    x = _ranked(quantities, composition, names, shipped)
    parts, rows = [], []
    for number, metabolite in enumerate(METABOLITES):
        start = shipped.coefficients[:, number]
        y = found[metabolite.name].to_numpy(float) if metabolite.name in found else None
        new = None if y is None else refit(x, y, persons, shipped, number, seed)
        parts += _coefficients(metabolite.name, shipped.features, start if new is None else new[0])
        rows.append(_model(metabolite.name, shipped, number, None if new is None else new[1]))
    write_tsv(
        pd.DataFrame(parts, columns=["metabolite", "feature", "coefficient"]), coefficients_out
    )
    write_tsv(pd.DataFrame(rows), models_out)


def _ranked(quantities: str, composition: str, names: list[str], model: Model) -> Array:
    table = read_biom(composition)
    shares = read_values(quantities).of(names).starting("share:")
    taxa = [str(taxon) for taxon in table.ids(axis="observation")]
    cells = table.matrix_data.T.tocsr()
    return ranks(
        features(shares.quantities, shares.mean, Families.of(taxa), cells).columns(model.features)
    )


def refit(
    x: Array, y: Array, persons: npt.NDArray[np.object_], shipped: Model, number: int, seed: int
) -> tuple[Array, float] | None:
    """Refit one metabolite.

    Parameters
    ----------
    x : ndarray, shape (samples, features)
        Ranks within the cohort.
    y : ndarray, shape (samples,)
        The metabolite as measured; NaN where it was not.
    persons : ndarray of str objects
    shipped : Model
    number : int
        Of the metabolite in the model.
    seed : int
        Of the folds of persons.

    Returns
    -------
    coefficients : ndarray, shape (features,)
        Of which the score has variance one in this cohort.
    strength : float
        Correlation of score and normal score of the rank, persons left out.
        None instead of both where under 20 persons were measured.
    """
    known = ~np.isnan(y)
    x, persons = x[known], persons[known]
    rank = ranks(y[known][:, None])[:, 0]
    people = np.unique(persons.astype(str))
    if len(people) < LEAST_PERSONS:
        return None
    start = shipped.coefficients[:, number] * shipped.strength[number]
    fold = dict(zip(np.random.default_rng(seed).permutation(people), _cycle(people), strict=True))
    of_sample = np.array([fold[str(person)] for person in persons])
    score = np.zeros(len(rank))
    for one in range(FOLDS):
        held = of_sample == one
        score[held] = x[held] @ _pulled(x[~held], rank[~held], persons[~held], start)
    return _pulled(x, rank, persons, start), max(0.0, correlation(score, rank))


def _cycle(people: npt.NDArray[np.str_]) -> npt.NDArray[np.intp]:
    return np.arange(len(people)) % FOLDS


def _pulled(x: Array, rank: Array, persons: npt.NDArray[np.object_], start: Array) -> Array:
    names = tuple(str(number) for number in range(x.shape[1]))
    one = Training("own", names, x, frozenset(), {"own": rank}, persons)
    means = moments([one], "own")
    left = means.xx + PENALTY * np.eye(len(start))
    found = np.linalg.solve(left, means.xy + PENALTY * start)
    spread = float(found @ means.xx @ found)
    return np.asarray(found / np.sqrt(spread) if spread > 0 else found, dtype=np.float64)


def _coefficients(
    metabolite: str, names: tuple[str, ...], values: Array
) -> list[tuple[str, str, float]]:
    pairs = zip(names, values, strict=True)
    return [(metabolite, name, float(value)) for name, value in pairs if value != 0]


def _model(
    metabolite: str, shipped: Model, number: int, strength: float | None
) -> dict[str, object]:
    if strength is None:
        return {
            "metabolite": metabolite,
            "origin": "as shipped",
            "reason": shipped.unpredictable[number],
            "strength": shipped.strength[number],
        }
    weak = f"not predictable: correlation with persons left out under {LEAST_STRENGTH}"
    return {
        "metabolite": metabolite,
        "origin": "refitted",
        "reason": "" if strength >= LEAST_STRENGTH else f"{weak} ({strength:.2f})",
        "strength": round(strength, 3),
    }
