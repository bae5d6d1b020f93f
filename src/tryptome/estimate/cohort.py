"""A cohort whose table stays in its file: communities of some samples at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tryptome.biom_slices import SlicedTable
from tryptome.estimate.community import Array, Assembly, Community, Positions
from tryptome.estimate.faecal.block import features_of
from tryptome.estimate.faecal.features import Families, Features
from tryptome.estimate.shares import Prevalence, Shares, share_of_cells
from tryptome.estimate.slices import parts

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse


@dataclass(frozen=True)
class Part:
    """Some samples of a cohort.

    Attributes
    ----------
    community : Community
    shares : Shares
    features : Features
        What faecal metabolites are predicted from.
    metadata : DataFrame
        Rows of ``samples.tsv``.
    tiers : ndarray, shape (samples, tiers)
        Reads by tier.
    """

    community: Community
    shares: Shares
    features: Features
    metadata: pd.DataFrame
    tiers: Array


@dataclass(frozen=True)
class Cohort:
    """What is the same for every sample of a cohort, and where their reads are.

    Attributes
    ----------
    table : SlicedTable
        ``table.biom`` of the stage ``ingest``.
    assembly : Assembly
    prevalence : Prevalence
        For the taxa of the assembly.
    families : Families
        Of the same taxa.
    metadata : DataFrame
        ``samples.tsv``.
    least : float
        Least share of bacterial cells that a value must speak for.
    """

    table: SlicedTable
    assembly: Assembly
    prevalence: Prevalence
    families: Families
    metadata: pd.DataFrame
    least: float

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.table.shape[1]

    def parts(self, within: slice | None = None) -> Iterator[tuple[slice, Part]]:
        """All samples in their order, or those of a slice, a part at a time."""
        where = slice(0, self.samples) if within is None else within
        for part, reads in self.table.in_parts(parts(where.stop, start=where.start)):
            yield part, self._made(reads, part)

    def some(self, chosen: Positions) -> Part:
        """A few samples, by their positions."""
        return self._made(self.table.of_some(chosen), chosen)

    def _made(self, reads: scipy.sparse.csr_array, chosen: slice | Positions) -> Part:
        names = self.metadata["sample"].iloc[chosen]
        community = self.assembly.community(tuple(names), reads)
        shares = share_of_cells(community, self.prevalence)
        capabilities = self.prevalence.capabilities
        found = features_of(community, shares, capabilities, self.families, self.least)
        tiers = self.assembly.tier_reads(reads)
        return Part(community, shares, found, self.metadata.iloc[chosen], tiers)
