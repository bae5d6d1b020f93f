"""Distances between compositions, and their ordination."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.reads import FEWEST_TAXA, Reads, log_ratios, proportions
from tryptome.community.subset import Codes
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse
    from skbio import DistanceMatrix

AXES = 3


def aitchison(weights: scipy.sparse.csr_array, reads: Array) -> Array:
    """Coordinates of mean compositions, whose Euclidean distance is Aitchison's.

    Parameters
    ----------
    weights : sparse array, shape (units, samples)
        What averages samples into units.
    reads : ndarray, shape (samples, taxa)

    Returns
    -------
    ndarray, shape (units, taxa)
    """
    return np.asarray(weights @ log_ratios(proportions(reads)))


def bray_curtis(weights: scipy.sparse.csr_array, reads: Array) -> Array:
    """Mean proportions of units; parameters as of :func:`aitchison`."""
    return np.asarray(weights @ proportions(reads))


METRICS: dict[str, tuple[Callable[[scipy.sparse.csr_array, Array], Array], str]] = {
    "aitchison": (aitchison, "euclidean"),
    "bray_curtis": (bray_curtis, "braycurtis"),
}
"""Coordinates of each metric, and the distance between them as scikit-bio names it."""

OF_CHANGES = frozenset({"aitchison"})
"""Metrics in whose coordinates a change is a difference."""


def distances(metric: str, weights: scipy.sparse.csr_array, reads: Array) -> DistanceMatrix:
    """Distances between units.

    Parameters
    ----------
    metric : str
        One of :data:`METRICS`.
    weights : sparse array, shape (units, samples)
    reads : ndarray, shape (samples, taxa)
        Every sample has some.

    Returns
    -------
    skbio.DistanceMatrix
    """
    from skbio.diversity import beta_diversity

    coordinates, name = METRICS[metric]
    # Log-ratios are negative, which validation takes for wrong counts.
    return beta_diversity(name, coordinates(weights, reads), validate=False)


def ordination(samples: Sequence[str], reads: Reads, some: Codes) -> pd.DataFrame:
    """Principal coordinates of samples under each metric.

    Parameters
    ----------
    samples : sequence of str
    reads : Reads
    some : ndarray of int
        Positions of the samples that are ordinated; all of them have reads.

    Returns
    -------
    pandas.DataFrame
        ``metric``, ``sample``, ``axis`` (1 to 3), ``value``, ``explained`` (share of
        the variation that the axis carries), ``left_out`` (samples with reads that are not
        ordinated).
    """
    import pandas as pd

    values = reads.values[some].toarray()
    tables = [_axes(metric, some, samples, values) for metric in METRICS]
    left_out = int((reads.total > 0).sum()) - len(some)
    return pd.concat(tables, ignore_index=True).assign(left_out=left_out)


def _axes(
    metric: str,
    some: Codes,
    samples: Sequence[str],
    reads: Array,
) -> pd.DataFrame:
    import pandas as pd
    import scipy.sparse
    from skbio.stats.ordination import pcoa

    axes = min(AXES, len(some) - 1)
    if axes < 1 or reads.shape[1] < FEWEST_TAXA:
        return pd.DataFrame(columns=["metric", "sample", "axis", "value", "explained"])
    alone = scipy.sparse.eye_array(len(some), format="csr")
    found = pcoa(distances(metric, alone, reads), dimensions=axes, warn_neg_eigval=False)
    values = _signed(np.asarray(found.samples, dtype=float)[:, :axes])
    return pd.DataFrame(
        {
            "metric": metric,
            "sample": np.repeat(np.array(samples, dtype=object)[some], axes),
            "axis": np.tile(np.arange(1, axes + 1), len(some)),
            "value": values.ravel(),
            "explained": np.tile(np.asarray(found.proportion_explained)[:axes], len(some)),
        }
    )


def _signed(values: Array) -> Array:
    """Axes with their largest coordinate positive: their sign means nothing, and may not vary."""
    largest = np.abs(values).argmax(axis=0)
    signs = np.sign(values[largest, np.arange(values.shape[1])])
    return values * np.where(signs == 0, 1, signs)
