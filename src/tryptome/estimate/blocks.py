"""A block: some quantities of all samples, as arrays; the table is made of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.estimate.community import Array, Community

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tryptome.estimate.shares import Shares

SHARE_UNIT = "share of cells"
NO_READS = "the sample has no reads"
NO_BACTERIA = "none of the sample's reads can be assessed"


@dataclass(frozen=True)
class Block:
    """Quantities of the same samples.

    Where ``reason`` is not empty, a value is not assessable, and its numbers
    become null in the table whatever they are here.

    Attributes
    ----------
    names, units : tuple of str
        Of the quantities.
    mean, sd : ndarray, shape (samples, quantities)
    quantiles : ndarray, shape (samples, quantities, 5)
        At :data:`tryptome.estimate.shares.QUANTILES`.
    low, high : ndarray, shape (samples, quantities)
        What the mean would be if none or all of the cells that cannot be
        assessed had the capability; NaN where that does not apply.
    assessable_cells : ndarray, shape (samples, quantities)
        Share of the bacterial cells that the value speaks for.
    reason : ndarray of str objects, shape (samples, quantities)
        Why a value is null; empty where it is assessable.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    mean: Array
    sd: Array
    quantiles: Array
    low: Array
    high: Array
    assessable_cells: Array
    reason: npt.NDArray[np.object_]

    def rows(self, chosen: slice) -> Block:
        """Block of some of the samples."""
        return Block(
            self.names,
            self.units,
            self.mean[chosen],
            self.sd[chosen],
            self.quantiles[chosen],
            self.low[chosen],
            self.high[chosen],
            self.assessable_cells[chosen],
            self.reason[chosen],
        )


def block_of(shares: Shares, names: Sequence[str], reason: npt.NDArray[np.object_]) -> Block:
    """Block of shares of cells under their names, with why each would be null."""
    low, high = shares.bounds()
    return Block(
        tuple(names),
        (SHARE_UNIT,) * len(names),
        shares.mean,
        np.sqrt(shares.variance),
        shares.quantiles(),
        low,
        high,
        shares.assessable_cells,
        reason,
    )


def reasons(
    community: Community, cells: Array, least: float, unknown: Sequence[str]
) -> npt.NDArray[np.object_]:
    """Say why a value would be null, for what needs some of the cells assessed.

    Parameters
    ----------
    community : Community
    cells : ndarray, shape (samples, quantities)
        Share of the bacterial cells that each value speaks for.
    least : float
        Least such share.
    unknown : sequence of str, length quantities
        Why a quantity cannot be assessed in any sample; empty where it can.

    Returns
    -------
    ndarray of str objects, shape (samples, quantities)
        Empty where the value is assessable.
    """
    reads = np.asarray(community.reads.sum(axis=1)) + community.unresolved
    low = f"under {least:.0%} of the bacterial cells can be assessed"
    reason = np.where(cells > 0, low, NO_BACTERIA).astype(object)
    everywhere = np.array(list(unknown), dtype=object)
    reason = np.where(everywhere != "", everywhere, reason)
    reason[reads == 0] = NO_READS
    reason[(cells >= least) & (cells > 0) & (everywhere == "")] = ""
    return reason
