"""A cohort's communities: reads and cells of each resolved taxon in each sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tryptome.vocabulary import BACTERIUM, TIERS

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

Array = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

UNSEEN_READS = 1.0
"""Reads of a bacterium that nobody has seen, added to each sample of counts.

It is the mass of the Dirichlet prior: what little a sample of few reads knows.
"""

UNRESOLVED_TIERS = ("bacteria", "unassigned")
"""Tiers whose reads may be bacteria, but of which no reference speaks."""


@dataclass(frozen=True)
class Community:
    """Reads of resolved taxa, and what is needed to turn them into cells.

    Attributes
    ----------
    samples : tuple of str
    taxa : tuple of str
        Sorted.
    reads : sparse array of float, shape (samples, taxa)
        Reads, or shares of them where the table is relative.
    unresolved : ndarray, shape (samples,)
        Reads that may be bacteria but stand for no reference genome.
    unresolved_squares : ndarray, shape (samples,)
        Sum of the squared reads of each name among them.
    unresolved_fourths : ndarray, shape (samples,)
        Sum of their fourth powers.
    per_read : ndarray, shape (taxa,)
        Cells per read: the inverse of the 16S copies.
    log_sd : ndarray, shape (taxa,)
        Standard deviation of the logarithm of ``per_read``.
    unseen_per_read : float
        Cells per read of a bacterium of an unknown family.
    counts : bool
        Whether reads are counts, which have sampling uncertainty.
    unseen_log_sd : float
        Standard deviation of the logarithm of ``unseen_per_read``.
    """

    samples: tuple[str, ...]
    taxa: tuple[str, ...]
    reads: scipy.sparse.csr_array
    unresolved: Array
    unresolved_squares: Array
    unresolved_fourths: Array
    per_read: Array
    log_sd: Array
    unseen_per_read: float
    counts: bool
    unseen_log_sd: float = 0.0

    def rows(self, chosen: slice | npt.NDArray[np.intp]) -> Community:
        """Communities of some of the samples, with all taxa."""
        return replace(
            self,
            samples=tuple(self.samples[at] for at in np.arange(len(self.samples))[chosen]),
            reads=self.reads[chosen],
            unresolved=self.unresolved[chosen],
            unresolved_squares=self.unresolved_squares[chosen],
            unresolved_fourths=self.unresolved_fourths[chosen],
        )

    @property
    def cells(self) -> scipy.sparse.csr_array:
        """Cell-equivalents of each taxon, samples x taxa."""
        return scale_columns(self.reads, self.per_read)

    @property
    def unseen(self) -> float:
        """Reads of the prior: none where there is no sampling uncertainty."""
        return UNSEEN_READS if self.counts else 0.0


def scale_columns(matrix: scipy.sparse.csr_array, factor: Array) -> scipy.sparse.csr_array:
    """Multiply each column of a sparse matrix by a number."""
    import scipy.sparse

    data = matrix.data * factor[matrix.indices]
    return scipy.sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def sum_features(
    table: scipy.sparse.csr_array, group: npt.NDArray[np.intp], groups: int
) -> scipy.sparse.csr_array:
    """Sum the features (columns) of each group; those of group -1 are left out.

    Parameters
    ----------
    table : sparse array, shape (samples, features)
    group : ndarray of int, shape (features,)
    groups : int

    Returns
    -------
    sparse array, shape (samples, groups)
    """
    import scipy.sparse

    kept = np.flatnonzero(group >= 0)
    indicator = scipy.sparse.csr_array(
        (np.ones(len(kept)), (kept, group[kept])), shape=(table.shape[1], groups)
    )
    total = scipy.sparse.csr_array(table @ indicator)
    total.sort_indices()
    return total


@dataclass(frozen=True)
class Assembly:
    """How a cohort's features make communities: the same for every sample.

    Attributes
    ----------
    taxa : tuple of str
        Sorted.
    group, name, tier : ndarray of int, shape (features,)
        Taxon of each feature, distinct lineage of those that may be bacterial but stand
        for no genome (each -1 where there is none), and tier.
    names : int
        Number of those lineages.
    per_read, log_sd, unseen_per_read, counts, unseen_log_sd
        As those of :class:`Community`.
    """

    taxa: tuple[str, ...]
    group: Positions
    name: Positions
    tier: Positions
    names: int
    per_read: Array
    log_sd: Array
    unseen_per_read: float
    counts: bool
    unseen_log_sd: float

    @classmethod
    def of(
        cls,
        resolution: pd.DataFrame,
        copy_number: pd.DataFrame,
        *,
        counts: bool,
        correct_copies: bool,
    ) -> Assembly:
        """Read what features stand for, and attach the 16S copies.

        Parameters
        ----------
        resolution : DataFrame
            ``resolution.tsv``, one row a feature, in the order of the table.
        copy_number : DataFrame
            ``copy_number.parquet``.
        counts : bool
            Whether the table holds counts.
        correct_copies : bool
            Whether reads are divided by the 16S copies.
        """
        import pandas as pd

        taxa = tuple(sorted(set(resolution["taxon"]) - {""}))
        position = {taxon: number for number, taxon in enumerate(taxa)}
        unresolved = resolution["lineage"].where(resolution["tier"].isin(UNRESOLVED_TIERS))
        name, lineages = pd.factorize(unresolved, sort=True)  # those of other tiers get -1
        rows = copy_number.set_index("taxon")
        known, ones = rows.loc[list(taxa)], np.ones(len(taxa))
        return cls(
            taxa=taxa,
            group=np.array([position.get(t, -1) for t in resolution["taxon"]], dtype=np.intp),
            name=name,
            tier=np.array([TIERS.index(tier) for tier in resolution["tier"]], dtype=np.intp),
            names=len(lineages),
            per_read=1 / known["mean"].to_numpy(float) if correct_copies else ones,
            log_sd=known["log_sd"].to_numpy(float) if correct_copies else 0 * ones,
            unseen_per_read=1 / float(rows["mean"].loc[BACTERIUM]) if correct_copies else 1.0,
            counts=counts,
            unseen_log_sd=float(rows["log_sd"].loc[BACTERIUM]) if correct_copies else 0.0,
        )

    def community(self, samples: tuple[str, ...], table: scipy.sparse.csr_array) -> Community:
        """Sum the features of samples into taxa.

        Parameters
        ----------
        samples : tuple of str
        table : sparse array, shape (samples, features)
        """
        unresolved = sum_features(table, self.name, self.names)
        return Community(
            samples=samples,
            taxa=self.taxa,
            reads=sum_features(table, self.group, len(self.taxa)),
            unresolved=np.asarray(unresolved.sum(axis=1)),
            unresolved_squares=np.asarray(unresolved.power(2).sum(axis=1)),
            unresolved_fourths=np.asarray(unresolved.power(4).sum(axis=1)),
            per_read=self.per_read,
            log_sd=self.log_sd,
            unseen_per_read=self.unseen_per_read,
            counts=self.counts,
            unseen_log_sd=self.unseen_log_sd,
        )

    def tier_reads(self, table: scipy.sparse.csr_array) -> Array:
        """Sum the reads of each sample by tier, shape (samples, tiers)."""
        return np.asarray(sum_features(table, self.tier, len(TIERS)).toarray())


def assemble(
    samples: tuple[str, ...],
    table: scipy.sparse.csr_array,
    resolution: pd.DataFrame,
    copy_number: pd.DataFrame,
    *,
    counts: bool,
    correct_copies: bool,
) -> Community:
    """Communities of all samples of a table; parameters as those of :class:`Assembly`."""
    assembly = Assembly.of(resolution, copy_number, counts=counts, correct_copies=correct_copies)
    return assembly.community(samples, table)
