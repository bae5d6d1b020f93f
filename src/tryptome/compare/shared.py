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

Cells per gram are drawn as if there were one cell in a gram: the load is taken as exact, and
its logarithm moves all draws alike. Of the scenario the same draws of the two shares go
through its formulas, with draws of the physiology (:mod:`tryptome.compare.scenario`).

Draws are keyed by taxon and capability, so a taxon's are the same beside whatever others.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.scale import (
    AGAINST_MEDIAN,
    BALANCE,
    BOUND,
    PER_GRAM,
    SCENARIO,
    SHARE,
    to_scale,
)
from tryptome.compare.scenario import Physiology
from tryptome.compare.selection import Codes, Flags
from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

    from tryptome.compare.drivers import Community

DRAWS = 400
"""Draws of what is shared: the sd is good to 3.5 %."""

PART = 2_000
"""Samples that are worked out at a time: 6 MB of draws."""


@dataclass(frozen=True)
class Effect:
    """An effect on a quantity: the sum of weighted samples, on the scale of comparison.

    Attributes
    ----------
    quantity : str
    rows : ndarray of int, shape (n,)
        Positions of the samples.
    weights : ndarray, shape (n,)
    """

    quantity: str
    rows: Codes
    weights: Array


@dataclass(frozen=True)
class Makers:
    """Draws of what taxa count for in a share.

    Attributes
    ----------
    assessed : ndarray of int, shape (some taxa,)
        Taxa that can be assessed.
    of_all, of_makers : ndarray, shape (some taxa, draws)
        Their cells per read over the mean; and those of them that have the capability.
    """

    assessed: Codes
    of_all: Array
    of_makers: Array

    def shares(self, cells: scipy.sparse.csr_array) -> Array:
        """Draws of the share in some samples, draws x samples."""
        known = cells[:, self.assessed]
        total = known @ self.of_all
        return np.asarray(known @ self.of_makers / np.where(total > 0, total, 1)).T


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

    def se(self, effects: Sequence[Effect]) -> list[float | None]:
        """Sd of effects over what is shared; cells are read once for all of them.

        Parameters
        ----------
        effects : sequence of Effect

        Returns
        -------
        list of float or None
            In the unit of each effect; None where its quantity is not drawn.
        """
        drawn = [one if self._capabilities(one.quantity) else None for one in effects]
        weights = self._weights([one for one in drawn if one is not None])
        used = np.zeros(self.community.cells.samples, dtype=bool)
        for one in weights.values():
            used |= one.any(axis=0)
        sums = {name: np.zeros((DRAWS, len(one))) for name, one in weights.items()}
        for name, places, values in self._parts(list(weights), used):
            sums[name] += to_scale(name, values) @ weights[name][:, places].T
        found = {name: iter(np.std(one, axis=0, ddof=1)) for name, one in sums.items()}
        return [None if one is None else float(next(found[one.quantity])) for one in drawn]

    def draws(self, quantity: str) -> Array | None:
        """Draws of a quantity in its own unit, or None.

        Returns
        -------
        ndarray, shape (draws, samples)
        """
        if not self._capabilities(quantity):
            return None
        found = np.empty((DRAWS, self.community.cells.samples))
        everything = np.ones(self.community.cells.samples, dtype=bool)
        for _, places, values in self._parts([quantity], everything):
            found[:, places] = values
        return found

    def _capabilities(self, quantity: str) -> tuple[str, ...]:
        """Capabilities that a quantity is drawn from; none where it is not drawn."""
        scenario = quantity in SCENARIO and self.physiology is not None
        if scenario or quantity == BALANCE:
            names: tuple[str, ...] = (NUMERATOR, DENOMINATOR)
        else:
            of_one = quantity.startswith((SHARE, PER_GRAM))
            names = (quantity.partition(":")[2],) if of_one else ()
        return names if set(names) <= set(self.sd) else ()

    def _weights(self, effects: Sequence[Effect]) -> dict[str, Array]:
        """Weights of the effects on each quantity, effects x all samples."""
        rows: dict[str, list[Array]] = {}
        for one in effects:
            row = np.zeros(self.community.cells.samples)
            row[one.rows] = one.weights
            rows.setdefault(one.quantity, []).append(row)
        return {name: np.array(some) for name, some in rows.items()}

    def _parts(self, quantities: Sequence[str], used: Flags) -> Iterator[tuple[str, Codes, Array]]:
        """Draws of each quantity in the samples that are used, :data:`PART` of them at a time.

        Yields
        ------
        quantity : str
        places : ndarray of int, shape (n,)
            Positions of the samples.
        values : ndarray, shape (draws, n)
        """
        names = dict.fromkeys(name for one in quantities for name in self._capabilities(one))
        draw = {name: self._drawing(name) for name in names}
        for places, cells in self.community.cells.parts():
            inside = np.flatnonzero(used[places] | self._few)
            for start in range(0, len(inside), PART):
                some = inside[start : start + PART]
                part = cells[some]
                for name in quantities:
                    shares = [draw[one](part) for one in self._capabilities(name)]
                    yield name, places[some], self._values(name, shares, places[some])

    def _values(self, quantity: str, shares: Sequence[Array], places: Codes) -> Array:
        """Draws of a quantity in some samples, of the draws of its shares."""
        if quantity.startswith(PER_GRAM):
            return np.maximum(shares[0], BOUND)
        if len(shares) == 1:
            return shares[0]
        up, down = shares
        if quantity == BALANCE:
            return np.asarray(np.log2((up + EPSILON) / (down + EPSILON)))
        assert self.physiology is not None
        typical = self._typical if quantity == AGAINST_MEDIAN else None
        return self.physiology.values(quantity, up, down, places, typical)

    @cached_property
    def _typical(self) -> Array:
        """Draws of both shares in the median community, of at most :data:`PART` samples."""
        count = self.community.cells.samples
        some = np.zeros(count, dtype=bool)
        some[np.linspace(0, count - 1, min(count, PART)).astype(np.intp)] = True
        names = [f"{SHARE}{one}" for one in (NUMERATOR, DENOMINATOR)]
        drawn: dict[str, list[Array]] = {name: [] for name in names}
        for name, _, values in self._parts(names, some):
            drawn[name].append(values)
        return np.stack([np.median(np.hstack(drawn[name]), axis=1) for name in names])

    @property
    def _few(self) -> bool:
        """Whether draws of all samples are kept for the next contrast."""
        return self.community.cells.samples <= PART

    def _drawing(self, capability: str) -> Callable[[scipy.sparse.csr_array], Array]:
        """Give what draws a share in some samples, draws x samples."""
        if not self._few:
            return self._makers(capability).shares

        def kept(everything: scipy.sparse.csr_array) -> Array:
            if capability not in self._shares:
                self._shares[capability] = self._makers(capability).shares(everything)
            return self._shares[capability]

        return kept

    def _makers(self, capability: str) -> Makers:
        """Draw what taxa count for."""
        mean, sd = self.community.prevalence[capability], self.sd[capability]
        assessed = np.flatnonzero(~np.isnan(mean))
        prevalence = np.array(
            [_beta(mean[at], sd[at], self._random(at, capability)) for at in assessed.tolist()]
        )
        relative = self._relative[assessed]
        return Makers(assessed, relative, relative * prevalence)

    @cached_property
    def _relative(self) -> Array:
        """Draws of the cells per read of each taxon over its mean, taxa x draws."""
        return np.array([self._copies(taxon) for taxon in range(len(self.community.taxa))])

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
