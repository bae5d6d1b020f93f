r"""Cells per gram: shares of cells times the bacterial load that the metadata give.

A load in 16S copies is divided by the mean copies per cell of the sample, which
are not certain. With reads :math:`x_i` of a taxon, cells per read :math:`r_i` whose logarithm
has the standard deviation :math:`\sigma_i`, and with their part :math:`q_i` of all bacterial cells
and :math:`s_i` of those that can be assessed, the cells per copy
:math:`R = \sum_i x_i r_i / \sum_i x_i` have

.. math::

    \mathrm{Var} \ln R = \sum_i q_i^2 \sigma_i^2, \qquad
    \mathrm{Cov}(\ln R, S) = \sum_i q_i s_i \sigma_i^2 (\mu_i - S)

to first order, so that the product of *R* and a share *S* with variance *v* has the squared
coefficient of variation :math:`v / S^2 + \mathrm{Var} \ln R + 2\,\mathrm{Cov} / S`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.beta import TINY
from tryptome.estimate.blocks import Block, Spread
from tryptome.estimate.community import Array, Community, scale_columns
from tryptome.estimate.given import LOAD, positive
from tryptome.estimate.shares import Prevalence, bacterial_cells

if TYPE_CHECKING:
    import pandas as pd

NO_LOAD = f"the metadata give no `{LOAD}` of the sample"


def cells_per_gram(
    community: Community, prevalence: Prevalence, share: Block, samples: pd.DataFrame, unit: str
) -> list[Block]:
    """Cells with each capability in a gram, where the metadata have the load.

    The load is taken as exact; what makes cells of copies is not.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
        Of the capabilities of the block, in its order.
    share : Block
        Shares of cells.
    samples : DataFrame
        Rows of ``samples.tsv``, in the order of the community's samples.
    unit : str
        ``cells``, or ``copies`` of 16S: these are divided by the mean copies
        per cell in the sample.

    Returns
    -------
    list of Block
        One block, or none where there is no column ``bacterial_load``.

    Raises
    ------
    InputError
        A load is no positive number; the message names the sample.
    """
    if LOAD not in samples:
        return []
    load, copies = positive(samples, LOAD), unit == "copies"
    if copies:
        load = load * cells_per_copy(community)
    times = load[:, None]

    def made(spread: Spread, part: Array | float) -> Spread:
        """Times the load; wider where what makes cells of copies is unsure."""
        if not copies:
            return spread.times(times)
        wider = widened(community, prevalence, share.own.mean, spread, part)
        return spread.widened(wider).times(times)

    reason = share.reason.copy()
    reason[np.isnan(load)[:, None] & (reason == "")] = NO_LOAD
    return [
        Block(
            tuple(name.replace("share:", "cells_per_gram:", 1) for name in share.names),
            ("cells per gram",) * len(share.names),
            made(share.own, 1.0),
            made(share.of_all, share.assessable_cells),
            share.low * times,
            share.high * times,
            share.assessable_cells,
            reason,
        )
    ]


def cells_per_copy(community: Community) -> npt.NDArray[np.float64]:
    """Bacterial cells for each 16S copy of a bacterium, by sample; NaN without reads."""
    reads = np.asarray(community.reads.sum(axis=1)) + community.unresolved
    cells = bacterial_cells(community)[:, 0]
    return np.divide(cells, reads, out=np.full_like(reads, np.nan), where=reads > 0)


def widened(
    community: Community, prevalence: Prevalence, share: Array, spread: Spread, part: Array | float
) -> Array:
    """How many times as uncertain cells of a load in copies are as the share itself.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    share : ndarray, shape (samples, capabilities)
        Mean shares of the cells that can be assessed.
    spread : Spread
        Of the shares whose uncertainty it is.
    part : ndarray or float
        Which part of their cells can be assessed.

    Returns
    -------
    ndarray, shape (samples, capabilities)
        Ratio of the coefficients of variation. The mean copies are uncertain too, but may
        also make up for the copies in the share: it may be under 1.
    """
    own = community.log_sd * community.per_read
    squares = scale_columns(community.reads.power(2), own**2)
    unnamed = community.unresolved_squares * community.unseen_per_read**2
    unnamed = unnamed * community.unseen_log_sd**2
    with np.errstate(invalid="ignore", divide="ignore"):
        whole, seen = bacterial_cells(community), prevalence.assessable.astype(float)
        of_copies = (np.asarray(squares.sum(axis=1)) + unnamed)[:, None] / whole**2
        assessed = community.cells @ seen
        together = (squares @ prevalence.mean - share * (squares @ seen)) / (whole * assessed)
        mean = np.maximum(spread.mean, TINY)
        ratio = 1 + (of_copies + 2 * part * together / mean) / (spread.sd / mean) ** 2
    return np.sqrt(np.maximum(np.where(np.isfinite(ratio), ratio, 1), 0))
