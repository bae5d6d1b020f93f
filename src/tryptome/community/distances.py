"""Distances between compositions, and their ordination."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.reads import FEWEST_TAXA, Reads, Rows, log_ratios, proportions, used
from tryptome.community.subset import Codes
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse
    from skbio import DistanceMatrix

AXES = 3


def aitchison(reads: Array) -> Array:
    """Coordinates of compositions, whose Euclidean distance is Aitchison's."""
    return log_ratios(proportions(reads))


METRICS: dict[str, tuple[Callable[[Array], Array], str]] = {
    "aitchison": (aitchison, "euclidean"),
    "bray_curtis": (proportions, "braycurtis"),
}
"""Coordinates of samples in each metric, and the distance between them as scikit-bio names it."""

OF_CHANGES = frozenset({"aitchison"})
"""Metrics in whose coordinates a change is a difference."""


def distances(metric: str, weights: scipy.sparse.csr_array, reads: Rows) -> DistanceMatrix:
    """Distances between units, each the mean (or change) of its samples' coordinates.

    Parameters
    ----------
    metric : str
        One of :data:`METRICS`.
    weights : sparse array, shape (units, samples)
        What averages samples into units.
    reads : Rows, shape (samples, taxa)
        Every sample of a unit has some.

    Returns
    -------
    skbio.DistanceMatrix
    """
    from skbio.diversity import beta_diversity

    coordinates, name = METRICS[metric]
    of_units = np.zeros((weights.shape[0], reads.shape[1]))
    for rows in used(weights):
        of_units += weights[:, rows] @ coordinates(reads[rows].toarray())
    # Log-ratios are negative, which validation takes for wrong counts.
    return beta_diversity(name, of_units, validate=False)


def ordination(
    samples: Sequence[str], reads: Reads, some: Codes, left_out: int = 0
) -> pd.DataFrame:
    """Principal coordinates of samples under each metric.

    Parameters
    ----------
    samples : sequence of str
    reads : Reads
    some : ndarray of int
        Positions of the samples that are ordinated; all of them have reads.
    left_out : int
        Samples with reads that are not.

    Returns
    -------
    pandas.DataFrame
        ``metric``, ``sample``, ``axis`` (1 to 3), ``value``, ``explained`` (share of
        the variation that the axis carries), ``left_out``.
    """
    import pandas as pd

    values = reads.values[some]
    tables = [_axes(metric, some, samples, values) for metric in METRICS]
    return pd.concat(tables, ignore_index=True).assign(left_out=left_out)


def _axes(
    metric: str,
    some: Codes,
    samples: Sequence[str],
    reads: Rows,
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
