"""Posterior means of the headline quantities under a set of choices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.annotate.copy_number import copies
from tryptome.annotate.posterior import prevalence
from tryptome.estimate.balance import DENOMINATOR, NODES, NUMERATOR, log_shares
from tryptome.estimate.community import Array, Community, assemble
from tryptome.estimate.compose import BALANCE
from tryptome.estimate.shares import Prevalence, Shares, mask, share_of_cells
from tryptome.knowledge.base import KnowledgeBase
from tryptome.sensitivity.choices import CLOSE, RANKS, Choices
from tryptome.sensitivity.evidence import Variant, variants
from tryptome.sensitivity.ranks import Coarser
from tryptome.vocabulary import BACTERIUM

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

SHARE = "share:"
NEAR = ("species", "genus")
"""Levels of evidence that are close to the name."""

HELD = 2
"""Communities that are held: choices come in an order in which more would not be asked for."""

MOST = 10
"""Most abundant taxa that are left out, one at a time."""


def headline(knowledge: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """Capabilities behind each headline quantity: the balance, its two sides, each route.

    Examples
    --------
    >>> from tryptome.knowledge import load
    >>> list(headline(load()))[:4]
    ['precursor_balance', 'share:trp_synthesis', 'share:trp_diversion', 'share:indole']
    """
    routes = knowledge.capability(DENOMINATOR).any_of
    singles = (NUMERATOR, DENOMINATOR, *routes)
    return {BALANCE: (NUMERATOR, DENOMINATOR)} | {f"{SHARE}{name}": (name,) for name in singles}


@dataclass(frozen=True)
class Cohort:
    """What the estimates of a cohort start from.

    Attributes
    ----------
    samples : tuple of str
    reads : sparse array, shape (samples, features)
    resolution : pandas.DataFrame
        ``resolution.tsv``.
    counts : bool
        Whether reads are counts.
    least : float
        Least share of bacterial cells that a value must speak for.
    knowledge : KnowledgeBase
    """

    samples: tuple[str, ...]
    reads: scipy.sparse.csr_array
    resolution: pd.DataFrame
    counts: bool
    least: float
    knowledge: KnowledgeBase


@dataclass(frozen=True)
class Outcomes:
    """Estimates the headline quantities of a cohort anew, choice by choice."""

    cohort: Cohort
    _communities: dict[tuple[bool, str], Community] = field(default_factory=dict)
    _prevalences: dict[tuple[str, str], Prevalence] = field(default_factory=dict)

    @cached_property
    def quantities(self) -> dict[str, tuple[str, ...]]:
        """Capabilities behind each quantity."""
        return headline(self.cohort.knowledge)

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """Variants of the evidence, by name."""
        return variants(self.cohort.knowledge, self._capabilities)

    def most_abundant(self, copy_number: bool) -> list[str]:
        """Taxa with the largest mean share of the resolved cells, the largest first."""
        community = self._community(copy_number, RANKS[0])
        cells = community.cells
        total = np.asarray(cells.sum(axis=1), dtype=float)
        weight = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        mean = np.asarray(cells.T @ weight)
        order = sorted(np.flatnonzero(mean), key=lambda at: (-mean[at], community.taxa[at]))
        return [community.taxa[at] for at in order[:MOST]]

    def means(self, choices: Choices) -> dict[str, Array]:
        """Posterior mean of each quantity in each sample; NaN where not assessable.

        Parameters
        ----------
        choices : Choices

        Returns
        -------
        dict of str to ndarray, shape (samples,)
        """
        community = self._community(choices.copy_number, choices.rank)
        chosen = self._prevalence(choices.rank, choices.evidence)
        shares = share_of_cells(_counted(community, choices), chosen)
        given = mask(shares, self.cohort.least)
        at = {name: place for place, name in enumerate(chosen.capabilities)}
        found = {
            name: given.mean[:, at[parts[0]]]
            for name, parts in self.quantities.items()
            if len(parts) == 1
        }
        pair = [at[name] for name in self.quantities[BALANCE]]
        assessable = ~np.isnan(given.mean[:, pair]).any(axis=1)
        balance = np.where(assessable, balance_means(shares.columns(pair)), np.nan)
        return {BALANCE: balance} | found

    @cached_property
    def _capabilities(self) -> list[str]:
        return list(dict.fromkeys(name for parts in self.quantities.values() for name in parts))

    @cached_property
    def _everything(self) -> Variant:
        whole = self.cohort.knowledge
        return Variant(whole.folder, whole, tuple(self._capabilities))

    @cached_property
    def _coarser(self) -> Coarser:
        return Coarser(self.cohort.knowledge.species)

    def _community(self, copy_number: bool, rank: str) -> Community:
        if (copy_number, rank) not in self._communities:
            for older in list(self._communities)[: 1 - HELD]:
                del self._communities[older]
            rows = self.cohort.resolution
            names = {
                taxon: self._coarser.take(taxon, rank) if taxon else ""
                for taxon in rows["taxon"].unique()
            }
            taken = rows.assign(taxon=rows["taxon"].map(names))
            taxa = [*sorted({*names.values()} - {""}), BACTERIUM]
            self._communities[copy_number, rank] = assemble(
                self.cohort.samples,
                self.cohort.reads,
                taken,
                copies(taxa, self.cohort.knowledge),
                counts=self.cohort.counts,
                correct_copies=copy_number,
            )
        return self._communities[copy_number, rank]

    def _prevalence(self, rank: str, evidence: str) -> Prevalence:
        if (rank, evidence) not in self._prevalences:
            taxa = self._community(True, rank).taxa
            within = self.variants.get(evidence, self._everything)
            table = prevalence([*taxa, BACTERIUM], within)
            if evidence == CLOSE:
                table["assessable"] &= table["level"].isin(NEAR) | (table["taxon"] == BACTERIUM)
            self._prevalences[rank, evidence] = Prevalence.of(table, taxa)
        return self._prevalences[rank, evidence]


def _counted(community: Community, choices: Choices) -> Community:
    """Community without the reads of taxa that are left out or too seldom."""
    import scipy.sparse

    occurs = np.bincount(community.reads.indices, minlength=len(community.taxa))
    kept = occurs >= choices.min_prevalence * len(community.samples)
    kept &= np.array(community.taxa, dtype=object) != choices.left_out
    reads = scipy.sparse.csr_array(community.reads @ scipy.sparse.diags_array(kept.astype(float)))
    return replace(community, reads=reads)


def balance_means(pair: Shares) -> Array:
    """Posterior mean of the balance, of the shares of its two sides.

    Returns
    -------
    ndarray, shape (samples,)
    """
    weight = np.polynomial.legendre.leggauss(NODES)[1] / 2
    means = log_shares(pair.mean, pair.own_variance) @ weight
    return np.asarray(means[:, 0] - means[:, 1])
