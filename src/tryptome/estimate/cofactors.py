r"""Cofactors of the two steps from tryptophan to serotonin: makers against needers.

Decarboxylation needs vitamin B6 (as PLP); the tetrahydrobiopterin of the
hydroxylation is kept going by folate (B9) and niacin (B3), and riboflavin (B2)
serves both. Each stands by itself, as

.. math::

    C = \log_2 \frac{S + \varepsilon}{1 - S + \varepsilon}

with the share *S* of cells that make the vitamin. Cells that do not make it
need it, which is an assumption: a few bacteria do without.
The quantiles are those of the share, carried over, since *C* rises with *S*;
mean and sd are of the distribution that puts 0.185, 0.63 and 0.185 at the 5 %,
50 % and 95 % quantiles.
"""

from __future__ import annotations

import numpy as np

from tryptome.estimate.balance import EPSILON
from tryptome.estimate.blocks import Block, Spread
from tryptome.estimate.community import Array

VITAMINS = ("vitamin_b6", "vitamin_b9", "vitamin_b3", "vitamin_b2")

TAILS, MIDDLE = 0.185, 0.63
"""Weights of the three points; `tests/unit/estimate` measures them against draws."""


def cofactors(share: Block) -> list[Block]:
    """Makers against needers of each vitamin, out of the block of shares.

    Parameters
    ----------
    share : Block
        With quantities ``share:<vitamin>``.

    Returns
    -------
    list of Block
        One block, or none where the shares hold no such vitamin.
    """
    made = [name for name in VITAMINS if f"share:{name}" in share.names]
    if not made:
        return []
    at = [share.names.index(f"share:{name}") for name in made]
    return [
        Block(
            tuple(f"cofactor:{name}" for name in made),
            ("log2 ratio",) * len(made),
            _log_ratio(share.own.columns(at)),
            _log_ratio(share.of_all.columns(at)),
            makers_to_needers(share.low[:, at]),
            makers_to_needers(share.high[:, at]),
            share.assessable_cells[:, at],
            share.reason[:, at],
        )
    ]


def _log_ratio(made: Spread) -> Spread:
    quantiles = makers_to_needers(made.quantiles)
    return Spread(*three_points(quantiles), quantiles)


def makers_to_needers(share: Array) -> Array:
    """Log2 of makers over all others.

    Examples
    --------
    >>> makers_to_needers(np.array([0.5, 0.0])).round(2)
    array([ 0.  , -6.66])
    """
    return np.asarray(np.log2((share + EPSILON) / (1 - share + EPSILON)))


def three_points(quantiles: Array) -> tuple[Array, Array]:
    """Mean and sd of a distribution from its 5 %, 50 % and 95 % quantiles.

    Parameters
    ----------
    quantiles : ndarray, shape (..., 5)

    Returns
    -------
    mean, sd : ndarray, shape (...)
    """
    points = quantiles[..., [0, 2, 4]]
    weights = np.array([TAILS, MIDDLE, TAILS])
    mean = points @ weights
    return mean, np.sqrt((points - mean[..., None]) ** 2 @ weights)
