"""PERMANOVA and PERMDISP of a contrast, by scikit-bio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.community.units import Units
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    from skbio import DistanceMatrix

PERMUTATIONS = 999
OF_SCATTER = 199
"""Permutations of PERMDISP, each of which scikit-bio takes 1 ms for."""

TIE = 1e-12


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
        ``statistic`` (pseudo-F), ``r2``, ``p``, ``permutations``. Where persons are
        compared with themselves, labels are exchanged within persons.
    """
    from skbio.stats import distance

    free = 0 if units.paired else PERMUTATIONS
    found = distance.permanova(between, units.grouping, permutations=free, seed=seed)
    statistic = float(found["test statistic"])
    p = float(found["p-value"])
    if units.paired:
        p = within_persons(np.asarray(between.data), units, seed)
    return {
        "statistic": statistic,
        "r2": statistic / (statistic + len(units) - 2),
        "p": p,
        "permutations": PERMUTATIONS,
    }


def within_persons(between: Array, units: Units, seed: int) -> float:
    """Give the p of the pseudo-F where labels are exchanged within persons.

    With one unit a person in each of two groups, the pseudo-F falls as the squared
    distances within groups grow, and these grow with ``z' D^2 z``, where z is 1 in
    one group and -1 in the other.

    Parameters
    ----------
    between : ndarray, shape (units, units)
    units : Units
        Two a person.
    seed : int
    """
    labels = np.where(units.level, 1.0, -1.0)
    persons, at = np.unique(units.person, return_inverse=True)
    flips = np.random.default_rng(seed).choice((-1.0, 1.0), size=(PERMUTATIONS, len(persons)))
    moved = np.vstack([labels, labels * flips[:, at]])
    squares = between**2
    within = np.einsum("pi,pi->p", moved @ squares, moved)
    extreme = int((within[1:] <= within[0] + TIE * squares.sum()).sum())
    return (extreme + 1) / (PERMUTATIONS + 1)


DIMENSIONS = 10
"""Axes of the ordination in which scatter is measured: what scikit-bio takes by default."""


def permdisp(between: DistanceMatrix, units: Units, seed: int) -> dict[str, Any]:
    """Whether compositions scatter more in one group; labels are exchanged freely.

    Parameters and result as of :func:`permanova`, without ``r2``.
    """
    from skbio.stats import distance

    found = distance.permdisp(
        between,
        units.grouping,
        permutations=OF_SCATTER,
        seed=seed,
        # As many as there are at most; scikit-bio refuses to take fewer by itself.
        dimensions=min(DIMENSIONS, len(between.ids)),
        warn_neg_eigval=False,
    )
    return {
        "statistic": float(found["test statistic"]),
        "p": float(found["p-value"]),
        "permutations": OF_SCATTER,
    }
