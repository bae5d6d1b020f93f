r"""Variance of a contrast from what its samples share: prevalence and 16S copies.

The prevalence of a capability in a taxon is one unknown for all samples, and so
is the taxon's copy number: either may be off, and is then off in every sample
at once. The scatter between samples does not show that. An effect is a weighted sum
over samples, :math:`\sum_s w_s y_s`, so to first order a shared unknown :math:`u_i`
moves it by

.. math::

    d_i = \sum_s w_s \frac{\partial y_s}{\partial u_i}, \qquad
    \text{variance} = \sum_i d_i^2\, \mathrm{var}(u_i) .

With shares of cells :math:`q_{si}` among those that can be assessed and
:math:`S_s = \sum_i q_{si} \theta_i`, a share moves by :math:`q_{si}` with the
prevalence :math:`\theta_i`, and by :math:`q_{si} (\theta_i - S_s)` with the logarithm of
the copies; its log2 odds move by that over :math:`S_s (1 - S_s) \ln 2`, and the
balance by the difference of the two over :math:`(S_s + \varepsilon) \ln 2`. Prevalences of
different taxa and capabilities are independent given the evidence. The one
unseen read of each estimate is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.scale import BALANCE, BOUND, SHARE
from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.compare.drivers import Community
    from tryptome.compare.selection import Codes

LN2 = float(np.log(2))


@dataclass(frozen=True)
class Shared:
    """What the samples of a cohort share, and how sure it is.

    Attributes
    ----------
    community : Community
        Cells and posterior means.
    sd : mapping of str to ndarray, shape (taxa,)
        Posterior sd of the prevalence, by capability.
    log_sd : ndarray, shape (taxa,)
        Sd of the logarithm of the 16S copies; 0 where copies are not corrected for.
    """

    community: Community
    sd: Mapping[str, Array]
    log_sd: Array

    @classmethod
    def of(
        cls, community: Community, capabilities: pd.DataFrame, copies: pd.DataFrame, correct: bool
    ) -> Shared:
        """Arrange ``capabilities.parquet`` and ``copy_number.parquet`` by the community's taxa."""
        taxa = community.taxa
        known = capabilities[capabilities["assessable"].astype(bool)]
        sd = {
            str(name): rows.set_index("taxon")["sd"].reindex(taxa).to_numpy(float)
            for name, rows in known.groupby("capability", sort=False)
        }
        log_sd = copies.set_index("taxon")["log_sd"].reindex(taxa).to_numpy(float)
        return cls(community, sd, log_sd if correct else np.zeros(len(taxa)))

    def se(self, quantity: str, rows: Codes, weights: Array, means: Array) -> float | None:
        """Sd of an effect over what is shared.

        Parameters
        ----------
        quantity : str
        rows : ndarray of int, shape (n,)
            Positions of the samples.
        weights : ndarray, shape (n,)
            The effect is the sum of their products with the quantity on its scale.
        means : ndarray, shape (n,)
            The quantity in its own unit.

        Returns
        -------
        float or None
            In the unit of the effect; None where the quantity is neither a share
            nor the balance.
        """
        slopes = _slopes(quantity, means)
        if slopes is None:
            slopes = self._balance_slopes(rows) if quantity == BALANCE else None
        if slopes is None:
            return None
        copies, variance = np.zeros(len(self.community.taxa)), 0.0
        for capability, slope in slopes.items():
            by_prevalence, by_copies = self._moves(capability, rows, weights * slope)
            variance += float(by_prevalence**2 @ np.nan_to_num(self.sd[capability]) ** 2)
            copies += by_copies
        return float(np.sqrt(variance + copies**2 @ self.log_sd**2))

    def _balance_slopes(self, rows: Codes) -> dict[str, Array] | None:
        """Slope of the balance on each of its two shares."""
        if not {NUMERATOR, DENOMINATOR} <= set(self.sd):
            return None
        up, down = (self._share(name, rows) for name in (NUMERATOR, DENOMINATOR))
        return {
            NUMERATOR: 1 / ((up + EPSILON) * LN2),
            DENOMINATOR: -1 / ((down + EPSILON) * LN2),
        }

    def _cells(self, capability: str, rows: Codes) -> tuple[Array, Array]:
        """Share of each taxon that can be assessed in each sample, and prevalences."""
        prevalence = self.community.prevalence[capability]
        cells = np.where(np.isnan(prevalence)[:, None], 0, self.community.cells[:, rows])
        total = cells.sum(axis=0)
        return cells / np.where(total > 0, total, 1), np.nan_to_num(prevalence)

    def _share(self, capability: str, rows: Codes) -> Array:
        cells, prevalence = self._cells(capability, rows)
        return np.asarray(prevalence @ cells)

    def _moves(self, capability: str, rows: Codes, weights: Array) -> tuple[Array, Array]:
        """Movement of a weighted sum of shares with each prevalence and log copy number."""
        cells, prevalence = self._cells(capability, rows)
        by_prevalence = cells @ weights
        return by_prevalence, prevalence * by_prevalence - cells @ (weights * (prevalence @ cells))


def _slopes(quantity: str, means: Array) -> dict[str, Array] | None:
    """Slope of a share's log2 odds on the share; 0 where the odds are held at a bound."""
    if not quantity.startswith(SHARE):
        return None
    inside = (means > BOUND) & (means < 1 - BOUND)
    odds = np.where(inside, means * (1 - means), 1)
    return {quantity.removeprefix(SHARE): np.where(inside, 1 / (odds * LN2), 0)}
