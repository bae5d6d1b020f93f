"""PERMANOVA, PERMDISP and Mantel's test of a contrast, by scikit-bio.

scikit-bio exchanges labels freely. Where they are exchanged within persons, strata
or blocks, the orders are drawn here, and the statistics stay scikit-bio's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.community.subset import Codes
from tryptome.community.units import Units
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    from skbio import DistanceMatrix

PERMUTATIONS = 999
OF_SCATTER = 199
"""Permutations of PERMDISP, each of which scikit-bio takes 1 ms for."""

TIE = 1e-12

DIGITS = 9
"""Decimal places, in standard deviations, to which distances of numbers are told apart."""

DIMENSIONS = 10
"""Axes of the ordination in which scatter is measured: what scikit-bio takes by default."""


def orders(exchange: Codes, count: int, seed: int) -> Codes:
    """Draw orders that exchange units within groups only.

    Parameters
    ----------
    exchange : ndarray of int, shape (units,)
    count : int
    seed : int

    Returns
    -------
    ndarray of int, shape (count, units)

    Examples
    --------
    >>> found = orders(np.array([0, 1, 0, 1]), 50, 1)
    >>> sorted(set(map(tuple, found.tolist())))
    [(0, 1, 2, 3), (0, 3, 2, 1), (2, 1, 0, 3), (2, 3, 0, 1)]
    """
    rng = np.random.default_rng(seed)
    places = np.argsort(exchange, kind="stable")
    drawn = np.empty((count, len(exchange)), dtype=np.intp)
    for order in drawn:
        order[places] = np.lexsort((rng.random(len(exchange)), exchange))
    return drawn


def permanova(between: DistanceMatrix, units: Units, seed: int) -> dict[str, Any]:
    """Whether compositions differ between the groups of a contrast.

    Parameters
    ----------
    between : skbio.DistanceMatrix
        Distances between the units.
    units : Units
    seed : int

    Returns
    -------
    dict
        ``statistic`` (pseudo-F), ``r2``, ``p``, ``permutations``.
    """
    from skbio.stats import distance

    count = PERMUTATIONS if units.free else 0
    found = distance.permanova(between, units.grouping, permutations=count, seed=seed)
    statistic, more = float(found["test statistic"]), len(units.levels) - 1
    p = float(found["p-value"])
    if not units.free:
        p = _by_order(_scatter_within(between, units, seed))
    return {
        "statistic": statistic,
        "r2": statistic * more / (statistic * more + len(units) - more - 1),
        "p": p,
        "permutations": PERMUTATIONS,
    }


def _scatter_within(between: DistanceMatrix, units: Units, seed: int) -> Array:
    """Squares within groups, as they are and of each order, with the sign of the pseudo-F.

    The sizes of groups stay as they are, so the pseudo-F rises as these squares fall.
    """
    squares = np.asarray(between.data) ** 2
    drawn = orders(units.exchange, PERMUTATIONS, seed)
    codes = np.vstack([units.values, units.values[drawn]])
    within = np.zeros(len(codes))
    for level in range(len(units.levels)):
        inside = (codes == level).astype(float)
        within += np.einsum("pi,pi->p", inside @ squares, inside) / inside[0].sum()
    return -within


def permdisp(between: DistanceMatrix, units: Units, seed: int) -> dict[str, Any]:
    """Whether compositions scatter more in one group.

    Parameters and result as of :func:`permanova`, without ``r2``.
    """
    from skbio.stats import distance
    from skbio.stats.ordination import pcoa

    # As many axes as there are at most; scikit-bio refuses to take fewer by itself.
    axes = min(DIMENSIONS, len(between.ids))
    points = pcoa(between, dimensions=axes, warn_neg_eigval=False)
    count = OF_SCATTER if units.free else 0
    found = distance.permdisp(points, units.grouping, permutations=count, seed=seed)
    statistic, p = float(found["test statistic"]), float(found["p-value"])
    if not units.free:
        names = np.array(units.grouping)
        moved = [names[order] for order in orders(units.exchange, OF_SCATTER, seed)]
        others = [distance.permdisp(points, one, permutations=0)["test statistic"] for one in moved]
        p = _by_order(np.array([statistic, *others]))
    return {"statistic": statistic, "p": p, "permutations": OF_SCATTER}


def mantel(between: DistanceMatrix, units: Units, seed: int) -> dict[str, Any]:
    """Whether units further apart in a number are further apart in composition.

    Parameters as of :func:`permanova`.

    Returns
    -------
    dict
        ``statistic`` (Spearman's correlation of both distances), ``p`` (two-sided),
        ``permutations``.
    """
    from skbio import DistanceMatrix
    from skbio.stats import distance

    values = np.asarray(units.values, dtype=float)
    apart = np.round(np.abs(values[:, None] - values), DIGITS)
    apart = DistanceMatrix(apart, between.ids)
    count = PERMUTATIONS if units.free else 0
    statistic, p, _ = distance.mantel(
        apart, between, method="spearman", permutations=count, seed=seed
    )
    if not units.free:
        p = _by_order(np.abs(_rank_correlations(apart, between, units, seed)))
    return {"statistic": float(statistic), "p": float(p), "permutations": PERMUTATIONS}


def _rank_correlations(
    one: DistanceMatrix, other: DistanceMatrix, units: Units, seed: int
) -> Array:
    """Spearman's correlation of two kinds of distances, as they are and of each order."""
    from scipy.spatial.distance import squareform
    from scipy.stats import rankdata

    ranks = [rankdata(distances.condensed_form()) for distances in (one, other)]
    first, second = (squareform(each - each.mean()) for each in ranks)
    size = np.sqrt((first**2).sum() * (second**2).sum())
    drawn = [np.arange(len(units)), *orders(units.exchange, PERMUTATIONS, seed)]
    sums = [float((first[np.ix_(order, order)] * second).sum()) for order in drawn]
    return np.asarray(np.array(sums) / size)


def _by_order(statistics: Array) -> float:
    """Share of orders whose statistic is no smaller than the first, which is the data's."""
    least = statistics[0] - TIE * max(1.0, float(np.abs(statistics).max()))
    return float((statistics >= least).mean())
