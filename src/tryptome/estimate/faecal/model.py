"""The coefficients that ship, and the predictions that they make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.faecal.features import Features
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.ranks import Summary
from tryptome.estimate.shares import QUANTILES

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

LEAST_SAMPLES = 20
"""Samples of a cohort in which a rank means something."""

NODES = 16


@dataclass(frozen=True)
class Model:
    """Coefficients of all metabolites.

    Attributes
    ----------
    features : tuple of str
    coefficients : ndarray, shape (features, metabolites)
    strength : ndarray, shape (metabolites,)
        Correlation to expect of score and normal score in a new cohort.
    unpredictable : tuple of str
        Why a metabolite is not predicted; empty where it is.
    """

    features: tuple[str, ...]
    coefficients: Array
    strength: Array
    unpredictable: tuple[str, ...]


def load(folder: Path | None = None) -> Model:
    """Read ``coefficients.tsv`` and ``models.tsv`` of ``resources/prediction``."""
    from tryptome.paths import resource
    from tryptome.tables import read_tsv

    where = resource("prediction") if folder is None else folder
    names = [metabolite.name for metabolite in METABOLITES]
    table = read_tsv(where / "coefficients.tsv", numeric=("coefficient",))
    wide = table.pivot(index="feature", columns="metabolite", values="coefficient").fillna(0)
    models = read_tsv(where / "models.tsv", numeric=("strength",)).set_index("metabolite")
    return Model(
        tuple(wide.index),
        wide.reindex(columns=names, fill_value=0).to_numpy(float),
        models.loc[names, "strength"].to_numpy(float),
        tuple(models.loc[names, "reason"]),
    )


def scores(model: Model, features: Features, among: Summary | None = None) -> Array:
    """Score of each sample and metabolite, out of ranks within the cohort.

    Parameters
    ----------
    model : Model
    features : Features
    among : Summary, optional
        The model's features over the whole cohort; by default over these samples.

    Returns
    -------
    ndarray, shape (samples, metabolites)
    """
    values = features.columns(model.features)
    ranked = (Summary.of(values) if among is None else among).rank(values)
    # Not by BLAS, whose last digit depends on how many samples stand beside.
    return np.asarray(np.einsum("sf,fm->sm", ranked, model.coefficients))


def distribution(score: Array, strength: Array) -> tuple[Array, Array, Array]:
    r"""Predictive distribution of the rank.

    The normal score of the rank is normal with mean :math:`\rho s` and variance
    :math:`1 - \rho^2`, for a score *s* and a strength :math:`\rho`.

    Parameters
    ----------
    score : ndarray, shape (samples, metabolites)
    strength : ndarray, shape (metabolites,)

    Returns
    -------
    mean, sd : ndarray, shape (samples, metabolites)
    quantiles : ndarray, shape (samples, metabolites, 5)

    Examples
    --------
    Without strength each rank is as likely as any other.

    >>> mean, sd, quantiles = distribution(np.array([[2.0]]), np.array([0.0]))
    >>> mean.round(3).tolist(), sd.round(3).tolist(), quantiles.round(3).tolist()
    ([[0.5]], [[0.289]], [[[0.05, 0.25, 0.5, 0.75, 0.95]]])
    """
    from scipy.special import ndtr, ndtri

    centre, spread = strength * score, np.sqrt(1 - strength**2)
    mean = ndtr(centre / np.sqrt(1 + spread**2))
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    # The integrand is bounded and smooth: 16 nodes leave an error under 1e-4.
    square = sum(
        w * ndtr(centre + spread * node) ** 2 for node, w in zip(nodes, weights, strict=True)
    )
    quantiles = np.stack([ndtr(centre + spread * ndtri(q)) for q in QUANTILES], axis=-1)
    return mean, np.sqrt(np.maximum(square - mean**2, 0)), quantiles
