r"""Refit the coefficients of faecal metabolites with a cohort of the user's own.

The training cohorts do not ship, so the fit on the user's cohort is pulled towards
the coefficients that do:

.. math::

    \min_\beta \overline{(y - X\beta)^2} + \lambda \lVert \beta - \rho\beta_0 \rVert^2

with each person weighing the same, the strength :math:`\rho` as shipped, and the same signs
held: cells that make the metabolite never count against it, and those that use it up
never for it. The new strength is measured within the cohort, whole persons left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.faecal.features import Families, features
from tryptome.estimate.faecal.fit import (
    Training,
    correlation,
    moments,
    of_unit_variance,
    signed_solution,
    signs,
)
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import Model, load
from tryptome.estimate.faecal.ranks import ranks
from tryptome.knowledge.base import load as load_knowledge
from tryptome.measured.table import read_measured
from tryptome.paths import resource
from tryptome.tables import read_biom, read_tsv, write_tsv
from tryptome.values import read_values

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

PENALTY = 3.0
FOLDS = 5
LEAST_PERSONS = 20
LEAST_STRENGTH = 0.2


@dataclass(frozen=True)
class Refit:
    """Coefficients of a metabolite that a cohort has moved, and what they rest on.

    Attributes
    ----------
    coefficients : ndarray, shape (features,)
        Of which the score has variance one in this cohort.
    strength : float
        Correlation of score and normal score of the rank, persons left out.
    spearman : float
        Rank correlation, persons left out.
    samples, persons : int
        With the metabolite.
    """

    coefficients: Array
    strength: float
    spearman: float
    samples: int
    persons: int


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
    cohort: str,
) -> None:
    """Write coefficients that a cohort's own measurements have moved.

    Parameters
    ----------
    measured, samples, quantities, composition, columns, subject_column, seed
        As of :func:`tryptome.measured.run.run`.
    coefficients_out, models_out : str
        In the form of ``resources/prediction``.
    cohort : str
        Its name.
    """
    import pandas as pd

    metadata = read_tsv(samples)
    names = list(metadata["sample"])
    found = read_measured(measured, columns, names)
    persons = metadata[subject_column or "sample"].to_numpy(object)
    shipped = load()
    x = _ranked(quantities, composition, names, shipped)
    before = read_tsv(resource("prediction", "models.tsv")).to_dict("records")
    parts, rows = [], []
    for number, metabolite in enumerate(METABOLITES):
        start = shipped.coefficients[:, number]
        y = found[metabolite.name].to_numpy(float) if metabolite.name in found else None
        new = None if y is None else refit(x, y, persons, shipped, number, seed)
        moved = start if new is None else new.coefficients
        parts += _coefficients(metabolite.name, shipped.features, moved)
        told = {"origin": "as shipped"} if new is None else _refitted(new, cohort)
        rows += [{**row, **told} for row in before if row["metabolite"] == metabolite.name]
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
) -> Refit | None:
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
    Refit or None
        None where under 20 persons were measured.
    """
    from scipy.stats import spearmanr

    known = ~np.isnan(y)
    x, persons = x[known], persons[known]
    rank = ranks(y[known][:, None])[:, 0]
    people = np.unique(persons.astype(str))
    if len(people) < LEAST_PERSONS:
        return None
    start = shipped.coefficients[:, number] * shipped.strength[number]
    sign = signs(shipped.features, METABOLITES[number])
    fold = dict(zip(np.random.default_rng(seed).permutation(people), _cycle(people), strict=True))
    of_sample = np.array([fold[str(person)] for person in persons])
    score = np.zeros(len(rank))
    for one in range(FOLDS):
        held = of_sample == one
        score[held] = x[held] @ _pulled(x[~held], rank[~held], persons[~held], start, sign)
    return Refit(
        _pulled(x, rank, persons, start, sign),
        max(0.0, correlation(score, rank)),
        float(spearmanr(score, rank).statistic) if np.ptp(score) > 0 else 0.0,
        len(rank),
        len(people),
    )


def _cycle(people: npt.NDArray[np.str_]) -> npt.NDArray[np.intp]:
    return np.arange(len(people)) % FOLDS


def _pulled(
    x: Array, rank: Array, persons: npt.NDArray[np.object_], start: Array, sign: Array
) -> Array:
    names = tuple(str(number) for number in range(x.shape[1]))
    one = Training("own", names, x, frozenset(), {"own": rank}, persons)
    means = moments([one], "own")
    left = means.xx + PENALTY * np.eye(len(start))
    found = signed_solution(left, means.xy + PENALTY * start, sign)
    return of_unit_variance(found, means.xx)


def _coefficients(
    metabolite: str, names: tuple[str, ...], values: Array
) -> list[tuple[str, str, float]]:
    pairs = zip(names, values, strict=True)
    return [(metabolite, name, float(value)) for name, value in pairs if value != 0]


def _refitted(new: Refit, cohort: str) -> dict[str, object]:
    weak = f"not predictable: correlation with persons left out under {LEAST_STRENGTH}"
    return {
        "origin": "refitted",
        "reason": "" if new.strength >= LEAST_STRENGTH else f"{weak} ({new.strength:.2f})",
        "strength": round(new.strength, 3),
        "median_spearman": round(new.spearman, 3),
        "cohorts": cohort,
        "samples": new.samples,
        "persons": new.persons,
        "knowledge": load_knowledge().version,
    }
