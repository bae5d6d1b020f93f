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
class Spread:
    """Mean, sd and quantiles of some quantities of the same samples.

    Attributes
    ----------
    mean, sd : ndarray, shape (samples, quantities)
    quantiles : ndarray, shape (samples, quantities, 5)
        At :data:`tryptome.estimate.shares.QUANTILES`.
    """

    mean: Array
    sd: Array
    quantiles: Array

    @classmethod
    def both(cls, shares: Shares) -> tuple[Spread, Spread]:
        """Those of shares of the cells that can be assessed, and of all bacterial cells."""
        own, of_all = shares.both_quantiles()
        return (
            cls(shares.mean, np.sqrt(shares.variance), own),
            cls(shares.all_mean, np.sqrt(shares.all_variance), of_all),
        )

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Spread:
        """Nothing of so many samples and quantities: NaN."""
        nothing = np.full(shape, np.nan)
        return cls(nothing, nothing, np.full((*shape, 5), np.nan))

    def times(self, factor: Array) -> Spread:
        """Each sample's times a factor, shape (samples, 1)."""
        return Spread(self.mean * factor, self.sd * factor, self.quantiles * factor[..., None])

    def widened(self, wider: Array) -> Spread:
        """So many times as wide about the median, and not below 0."""
        median = self.quantiles[..., 2:3]
        quantiles = np.maximum(median + (self.quantiles - median) * wider[..., None], 0)
        return Spread(self.mean, self.sd * wider, quantiles)

    def columns(self, chosen: Sequence[int]) -> Spread:
        """Those of some of the quantities."""
        at = list(chosen)
        return Spread(self.mean[:, at], self.sd[:, at], self.quantiles[:, at])


@dataclass(frozen=True)
class Block:
    """Quantities of the same samples.

    Where ``reason`` is not empty, a value is not assessable, and its numbers
    become null in the table whatever they are here.

    Attributes
    ----------
    names, units : tuple of str
        Of the quantities.
    own : Spread
        Of the cells that can be assessed.
    of_all : Spread
        Of all bacterial cells, those that cannot be assessed taken as bacteria of
        unknown families; NaN where that does not apply.
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
    own: Spread
    of_all: Spread
    low: Array
    high: Array
    assessable_cells: Array
    reason: npt.NDArray[np.object_]

    def columns(self, chosen: Sequence[int], names: Sequence[str]) -> Block:
        """Block of some of the quantities, under other names."""
        at = list(chosen)
        return Block(
            tuple(names),
            tuple(self.units[k] for k in at),
            self.own.columns(at),
            self.of_all.columns(at),
            self.low[:, at],
            self.high[:, at],
            self.assessable_cells[:, at],
            self.reason[:, at],
        )


def block_of(shares: Shares, names: Sequence[str], reason: npt.NDArray[np.object_]) -> Block:
    """Block of shares of cells under their names, with why each would be null."""
    low, high = shares.bounds()
    return Block(
        tuple(names),
        (SHARE_UNIT,) * len(names),
        *Spread.both(shares),
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
