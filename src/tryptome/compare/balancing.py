r"""Which taxa carry a difference of the precursor balance, in exact parts.

The balance :math:`\log_2 (S^+ + \varepsilon) - \log_2 (S^- + \varepsilon)` is no sum over
taxa, but its way from a common composition to that of a sample is. Let taxon *i* have the
part :math:`a_{si} = \theta_i q_{si}` in the share :math:`S_s = \sum_i a_{si}` of sample *s*, and
:math:`\bar a_i` in the mean composition of the two groups, each counting half. On the straight
line from :math:`\bar a` to :math:`a_s` the logarithm changes by

.. math::

    \log_2 \frac{S_s + \varepsilon}{\bar S + \varepsilon} = \sum_i (a_{si} - \bar a_i) L_s ,
    \qquad L_s = \frac{\log_2 (S_s + \varepsilon) - \log_2 (\bar S + \varepsilon)}{S_s - \bar S} ,

where taxon *i* makes up :math:`(a_{si} - \bar a_i) L_s`, the integral of its share in the slope
(the Aumann-Shapley value of the line; also known as the logarithmic mean Divisia index). The
part of a taxon in a difference is the sum of that over samples with their weights, its
making less its diverting. Parts add up exactly; a taxon that is the same in all samples has
none; groups that change places change the sign. What the balance's posterior mean
is beside the logarithm of mean shares, and the one read of prior mass, is in ``rest``.

Intervals take the mean composition as given. Of its own prevalence a taxon's part is
followed in full, one sd to either side; of all the others together, with *L* held. In 400
simulated worlds each, 95 % intervals of four taxa covered 96 % (12 persons in both
groups), 95 % (60), 97 % (4 against 8) and 95 % (20 against 40).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.drivers import WeightedShare
from tryptome.estimate.balance import EPSILON

SAME = 1e-12
"""Difference of shares under which the slope of the logarithm is the derivative."""


class Side(WeightedShare):
    """Parts of taxa in one of the two shares."""

    @cached_property
    def reference(self) -> Array:
        """Weights of the samples in the mean composition, shape (n,)."""
        return np.asarray(np.abs(self.weights) / np.abs(self.weights).sum())

    @cached_property
    def sloped(self) -> Array:
        """Weights of the samples, times the slope of the logarithm, shape (n,)."""
        return np.asarray(self.weights * slope(self.share, float(self.share @ self.reference)))

    def columns(self) -> list[Array]:
        """Weights whose sums over the cells of each taxon are asked for."""
        return [self.sloped / self.held, self.reference / self.held]

    def per_prevalence(self, sums: Array) -> Array:
        """Part of every taxon in the difference, over its prevalence; shape (taxa,)."""
        moved, mean = sums
        return np.asarray(self.known.assessed * (moved - mean * self.sloped.sum()))

    def parts(self, taxa: list[int], cells: Array, steps: float = 0.0) -> Array:
        """Part of each taxon in the logarithm's deviation in each sample.

        Parameters
        ----------
        taxa : list of int
        cells : ndarray, shape (taxa, n)
            Theirs.
        steps : float
            Sd by which the prevalence of the taxon is moved, all others as they are.

        Returns
        -------
        ndarray, shape (taxa, n)
        """
        mean, cells = self.known.mean[taxa], self._of(taxa, cells)
        shifted = np.clip(mean + steps * self.known.sd[taxa], 0, 1)
        shares = self.share + (shifted - mean)[:, None] * cells
        slopes = slope(shares, (shares @ self.reference)[:, None])
        moved = cells - (cells @ self.reference)[:, None]
        return np.asarray(shifted[:, None] * moved * slopes)

    def without(self, taxon: int, cells: Array) -> Array:
        """The share in each sample where a taxon is left out; NaN where nothing is left."""
        (own,) = self._of([taxon], cells[None])
        left = (self.total > 0) - own
        others = self.share - self.known.mean[taxon] * own
        shares: Array = np.divide(others, left, out=np.full_like(left, np.nan), where=left > SAME)
        return shares

    def _of(self, taxa: list[int], cells: Array) -> Array:
        """Cells of taxa as parts of those that can be assessed."""
        return np.asarray(self.known.assessed[taxa, None] * cells / self.held)


@dataclass(frozen=True)
class BalanceParts:
    """Parts of taxa in the balance, sample by sample; methods as of ``driving.Carried``.

    Attributes
    ----------
    sides : tuple of Side
        Numerator and denominator.
    """

    sides: tuple[Side, Side]

    def columns(self) -> list[Array]:
        """Weights whose sums over the cells of each taxon are asked for."""
        return [column for side in self.sides for column in side.columns()]

    def all_parts(self, sums: Array) -> Array:
        """Part of every taxon in the difference, shape (taxa,)."""
        (up, one), (down, other) = self._per_prevalence(sums)
        return np.asarray(up.known.mean * one - down.known.mean * other)

    def of_taxa(self, taxa: list[int], cells: Array) -> Array:
        """Part of each taxon in the balance of each sample, but for a constant, taxa x n."""
        up, down = (side.parts(taxa, cells) for side in self.sides)
        return np.asarray(up - down)

    def own_variance(self, taxa: list[int], cells: Array) -> Array:
        """Variance of the part of each taxon over its prevalence."""
        found = np.zeros(len(taxa))
        for side in self.sides:
            high, low = (side.parts(taxa, cells, steps) @ side.weights for steps in (1.0, -1.0))
            found += ((high - low) / 2) ** 2
        return found

    def others_variance(self, listed: list[int], sums: Array) -> float:
        """Variance of the parts of all taxa that are not listed, over their prevalences."""
        moved = ((one * side.known.sd) ** 2 for side, one in self._per_prevalence(sums))
        return float(sum(np.delete(one, listed).sum() for one in moved))

    def without(self, taxa: list[int], cells: Array) -> Iterator[float]:
        """Change of the difference when each taxon is left out of every sample."""
        weights = self.sides[0].weights
        counts = weights != 0
        for taxon, own in zip(taxa, cells, strict=True):
            change = np.zeros(len(weights))
            for sign, side in zip((1.0, -1.0), self.sides, strict=True):
                share = side.without(taxon, own)
                change += sign * np.log2((share + EPSILON) / (side.share + EPSILON))
            yield float(weights[counts] @ change[counts])

    def _per_prevalence(self, sums: Array) -> list[tuple[Side, Array]]:
        up, down = self.sides
        return [(up, up.per_prevalence(sums[:2])), (down, down.per_prevalence(sums[2:]))]


def slope(share: Array, reference: Array | float) -> Array:
    """Mean slope of the balance's logarithm between two shares.

    Examples
    --------
    >>> slope(np.array([0.03, 0.01]), 0.01).round(3).tolist()
    [50.0, 72.135]
    """
    apart = share - reference
    same = np.abs(apart) < SAME
    rise = np.log2((share + EPSILON) / (reference + EPSILON))
    return np.where(same, 1 / ((share + EPSILON) * np.log(2)), rise / np.where(same, 1.0, apart))
