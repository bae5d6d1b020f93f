r"""Variance of a contrast from what its samples share: prevalence, 16S copies, physiology.

The prevalence of a capability in a taxon is one unknown for all samples, and so
is the taxon's copy number: either may be off, and is then off in every sample
at once. The scatter between samples does not show that. So both are drawn, for all
taxa and samples jointly, and a contrast is worked out anew in each draw,

.. math::

    S_s = \frac{\sum_i x_{si} r_i \theta_i}{\sum_i x_{si} r_i}, \qquad
    \text{effect} = \sum_s w_s\, y(S_s) ,

with the cells :math:`x_{si}` of the taxa that can be assessed, :math:`\theta_i` of a beta
distribution with the posterior mean and sd, :math:`\log r_i` of a normal one, *y* the scale
of comparison and :math:`w_s` the weights that the contrast's model gives the samples.
Prevalences of different taxa and capabilities are independent given the
evidence. A first-order formula would not do: on the scale of log odds a rare
capability of uncertain prevalence is far from linear. The one unseen read of each
estimate is left out.

Of the scenario the same draws of the two shares go through its formulas, with draws of the
physiology (:mod:`tryptome.compare.scenario`).

Draws are keyed by taxon and capability, so a taxon's are the same beside whatever others.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.scale import AGAINST_MEDIAN, BALANCE, SCENARIO, SHARE, to_scale
from tryptome.compare.scenario import Physiology
from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.compare.drivers import Community
    from tryptome.compare.selection import Codes

DRAWS = 400
"""Draws of what is shared: the sd is good to 3.5 %."""

PART = 2_000
"""Samples that are worked out at a time: 6 MB of draws."""


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
    seed : int
    physiology : Physiology or None
        What the scenario is drawn with; None where nothing of it is asked.
    """

    community: Community
    sd: Mapping[str, Array]
    log_sd: Array
    seed: int
    physiology: Physiology | None = None
    _shares: dict[str, Array] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        community: Community,
        capabilities: pd.DataFrame,
        copies: pd.DataFrame,
        *,
        correct: bool,
        seed: int,
        physiology: Physiology | None = None,
    ) -> Shared:
        """Arrange ``capabilities.parquet`` and ``copy_number.parquet`` by the community's taxa."""
        taxa = community.taxa
        known = capabilities[capabilities["assessable"].astype(bool)]
        sd = {
            str(name): rows.set_index("taxon")["sd"].reindex(taxa).to_numpy(float)
            for name, rows in known.groupby("capability", sort=False)
        }
        log_sd = copies.set_index("taxon")["log_sd"].reindex(taxa).to_numpy(float)
        return cls(community, sd, log_sd if correct else np.zeros(len(taxa)), seed, physiology)

    def se(self, quantity: str, rows: Codes, weights: Array) -> float | None:
        """Sd of an effect over what is shared.

        Parameters
        ----------
        quantity : str
        rows : ndarray of int, shape (n,)
            Positions of the samples.
        weights : ndarray, shape (n,)
            The effect is the sum of their products with the quantity on its scale.

        Returns
        -------
        float or None
            In the unit of the effect; None where the quantity is no share, not the
            balance and not of the scenario.
        """
        drawn = self.parts(quantity, rows)
        if drawn is None:
            return None
        ends = range(PART, len(rows), PART)
        pairs = zip(drawn, np.split(weights, ends), strict=True)
        effects = sum(to_scale(quantity, values) @ part for values, part in pairs)
        return float(np.std(effects, ddof=1))

    def draws(self, quantity: str) -> Array | None:
        """Draws of a quantity in its own unit, or None.

        Returns
        -------
        ndarray, shape (draws, samples)
        """
        drawn = self.parts(quantity, self._everything)
        return None if drawn is None else np.hstack(list(drawn))

    def parts(self, quantity: str, rows: Codes) -> Iterator[Array] | None:
        """Draws of a quantity in some samples, :data:`PART` of them at a time."""
        both = {NUMERATOR, DENOMINATOR} <= set(self.sd)
        if both and quantity in SCENARIO and self.physiology is not None:
            return self._of_scenario(self.physiology, quantity, rows)
        if both and quantity == BALANCE:
            sides = (self._shares_of(name, rows) for name in (NUMERATOR, DENOMINATOR))
            pairs = zip(*sides, strict=True)
            return (np.log2((up + EPSILON) / (down + EPSILON)) for up, down in pairs)
        name = quantity.removeprefix(SHARE)
        known = quantity.startswith(SHARE) and name in self.sd
        return self._shares_of(name, rows) if known else None

    def _of_scenario(self, physiology: Physiology, quantity: str, rows: Codes) -> Iterator[Array]:
        sides = (self._shares_of(name, rows) for name in (NUMERATOR, DENOMINATOR))
        typical = self._typical if quantity == AGAINST_MEDIAN else None
        starts = range(0, max(len(rows), 1), PART)
        for start, making, diverting in zip(starts, *sides, strict=True):
            some = rows[start : start + PART]
            yield physiology.values(quantity, making, diverting, some, typical)

    @cached_property
    def _typical(self) -> Array:
        """Draws of both shares in the median community, of at most :data:`PART` samples."""
        count = len(self._everything)
        some = np.unique(np.linspace(0, count - 1, min(count, PART)).astype(np.intp))
        drawn = (np.hstack(list(self._shares_of(one, some))) for one in (NUMERATOR, DENOMINATOR))
        return np.stack([np.median(one, axis=1) for one in drawn])

    @property
    def _everything(self) -> Codes:
        return np.arange(self.community.cells.shape[1])

    def _shares_of(self, capability: str, rows: Codes) -> Iterator[Array]:
        """Draws of a share, which are kept for the next contrast where samples are few."""
        if len(self._everything) > PART:
            yield from self._drawn(capability, rows)
            return
        if capability not in self._shares:
            (self._shares[capability],) = self._drawn(capability, self._everything)
        yield self._shares[capability][:, rows]

    def _drawn(self, capability: str, rows: Codes) -> Iterator[Array]:
        mean, sd = self.community.prevalence[capability], self.sd[capability]
        seen = np.flatnonzero(~np.isnan(mean)).tolist()
        relative = np.column_stack([self._copies(taxon) for taxon in seen])
        prevalence = np.column_stack(
            [_beta(mean[at], sd[at], self._random(at, capability)) for at in seen]
        )
        of_all, of_makers = relative.T, (relative * prevalence).T
        cells = self.community.cells[seen]
        for start in range(0, max(len(rows), 1), PART):
            part = cells[:, rows[start : start + PART]].T
            total = part @ of_all
            yield np.asarray(part @ of_makers / np.where(total > 0, total, 1)).T

    def _copies(self, taxon: int) -> Array:
        """Cells per read of a taxon over its mean."""
        steps = self._random(taxon, "16S").normal(size=DRAWS)
        return np.asarray(np.exp(self.log_sd[taxon] * steps))

    def _random(self, taxon: int, what: str) -> np.random.Generator:
        name = f"{self.community.taxa[taxon]}\t{what}"
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def _beta(mean: float, sd: float, rng: np.random.Generator) -> Array:
    """Draws of a prevalence with a mean and an sd."""
    most = mean * (1 - mean)
    if sd <= 0 or most <= 0:
        return np.full(DRAWS, mean)
    concentration = max(most / sd**2 - 1, 1e-3)
    return np.asarray(rng.beta(mean * concentration, (1 - mean) * concentration, DRAWS))
