"""Posterior means of the headline quantities under sets of choices.

A cohort is read some samples at a time, and those are estimated under all sets of choices.
So no more is held of a cohort than one number a sample and quantity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tryptome.annotate.copy_number import copies
from tryptome.annotate.posterior import prevalence
from tryptome.biom_slices import sliced
from tryptome.estimate.balance import DENOMINATOR, NUMERATOR, balance_means
from tryptome.estimate.community import Array, Assembly, Community, Positions
from tryptome.estimate.compose import BALANCE
from tryptome.estimate.shares import Prevalence, mask, moments_of_cells
from tryptome.knowledge.base import KnowledgeBase
from tryptome.sensitivity.choices import CLOSE, RANKS, Choices
from tryptome.sensitivity.evidence import Variant, variants
from tryptome.sensitivity.ranks import Coarser
from tryptome.sensitivity.waiting import Waiting
from tryptome.vocabulary import BACTERIUM

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import scipy.sparse

SHARE = "share:"
NEAR = ("species", "genus")
"""Levels of evidence that are close to the name."""

ENTRIES = 2**20
"""Reads above zero that are held at a time: 13 MB, of about 7,000 samples."""

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
    table : str
        ``table.biom`` of the stage ``ingest``.
    resolution : pandas.DataFrame
        ``resolution.tsv``.
    counts : bool
        Whether reads are counts.
    least : float
        Least share of bacterial cells that a value must speak for.
    knowledge : KnowledgeBase
    """

    table: str
    resolution: pd.DataFrame
    counts: bool
    least: float
    knowledge: KnowledgeBase

    @cached_property
    def size(self) -> int:
        """Number of samples."""
        with sliced(self.table) as read:
            return read.shape[1]

    def parts(self) -> Iterator[tuple[tuple[str, ...], scipy.sparse.csr_array]]:
        """Names and reads (samples x features) of some samples after others."""
        with sliced(self.table) as read:
            for start, stop in read.slices("sample", ENTRIES):
                yield tuple(read.ids("sample", start, stop)), read.of_samples(start, stop)


@dataclass(frozen=True)
class Outcomes:
    """Estimates the headline quantities of a cohort anew, choice by choice."""

    cohort: Cohort
    _assemblies: dict[tuple[bool, str], Assembly] = field(default_factory=dict)
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
        assembly = self._assembly(copy_number, RANKS[0])
        mean = np.zeros(len(assembly.taxa))
        for samples, reads in self.cohort.parts():
            cells = assembly.community(samples, reads).cells
            total = np.asarray(cells.sum(axis=1), dtype=float)
            weight = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
            mean += cells.T @ weight
        order = sorted(np.flatnonzero(mean), key=lambda at: (-mean[at], assembly.taxa[at]))
        return [assembly.taxa[at] for at in order[:MOST]]

    def means(
        self, planned: Sequence[Choices], folder: Path
    ) -> Iterator[tuple[Choices, dict[str, Array]]]:
        """Posterior mean of each quantity in each sample under one set of choices after another.

        Parameters
        ----------
        planned : sequence of Choices
        folder : path
            For a file without a name, in which means wait where they are many.

        Yields
        ------
        choices : Choices
        means : dict of str to ndarray, shape (samples,)
            NaN where not assessable.
        """
        with Waiting(folder) as waiting:
            for samples, reads in self.cohort.parts():
                waiting.append(self._of_part(samples, reads, planned))
            for at, choices in enumerate(planned):
                yield choices, dict(zip(self.quantities, waiting.joined(at), strict=True))

    def _of_part(
        self, samples: tuple[str, ...], reads: scipy.sparse.csr_array, planned: Sequence[Choices]
    ) -> Array:
        """Means of some samples, shape (sets of choices, quantities, samples)."""
        found = np.empty((len(planned), len(self.quantities), len(samples)))
        for of_community in dict.fromkeys((one.copy_number, one.rank) for one in planned):
            community = self._assembly(*of_community).community(samples, reads)
            for at, choices in enumerate(planned):
                if (choices.copy_number, choices.rank) == of_community:
                    means = self._means(community, choices)
                    found[at] = [means[name] for name in self.quantities]
        return found

    def _means(self, community: Community, choices: Choices) -> dict[str, Array]:
        chosen = self._prevalence(choices.rank, choices.evidence)
        shares = moments_of_cells(self._counted(community, choices), chosen)
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

    def _counted(self, community: Community, choices: Choices) -> Community:
        """Community without the reads of taxa that are left out or too seldom."""
        import scipy.sparse

        kept = self._occurs[choices.rank] >= choices.min_prevalence * self.cohort.size
        kept &= np.array(community.taxa, dtype=object) != choices.left_out
        left = scipy.sparse.diags_array(kept.astype(float))
        return replace(community, reads=scipy.sparse.csr_array(community.reads @ left))

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

    @cached_property
    def _occurs(self) -> dict[str, Positions]:
        """In how many samples each taxon occurs, by the rank to which names are taken."""
        taken = {rank: self._assembly(True, rank) for rank in RANKS}
        found = {rank: np.zeros(len(one.taxa), dtype=np.intp) for rank, one in taken.items()}
        for samples, reads in self.cohort.parts():
            for rank, assembly in taken.items():
                there = assembly.community(samples, reads).reads.indices
                found[rank] += np.bincount(there, minlength=len(assembly.taxa))
        return found

    def _assembly(self, copy_number: bool, rank: str) -> Assembly:
        if (copy_number, rank) not in self._assemblies:
            rows = self.cohort.resolution
            names = {
                taxon: self._coarser.take(taxon, rank) if taxon else ""
                for taxon in rows["taxon"].unique()
            }
            taxa = [*sorted({*names.values()} - {""}), BACTERIUM]
            self._assemblies[copy_number, rank] = Assembly.of(
                rows.assign(taxon=rows["taxon"].map(names)),
                copies(taxa, self.cohort.knowledge),
                counts=self.cohort.counts,
                correct_copies=copy_number,
            )
        return self._assemblies[copy_number, rank]

    def _prevalence(self, rank: str, evidence: str) -> Prevalence:
        if (rank, evidence) not in self._prevalences:
            taxa = self._assembly(True, rank).taxa
            within = self.variants.get(evidence, self._everything)
            table = prevalence([*taxa, BACTERIUM], within)
            if evidence == CLOSE:
                table["assessable"] &= table["level"].isin(NEAR) | (table["taxon"] == BACTERIUM)
            self._prevalences[rank, evidence] = Prevalence.of(table, taxa)
        return self._prevalences[rank, evidence]
