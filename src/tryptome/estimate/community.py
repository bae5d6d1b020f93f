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
    per_read : ndarray, shape (taxa,)
        Cells per read: the inverse of the 16S copies.
    log_sd : ndarray, shape (taxa,)
        Standard deviation of the logarithm of ``per_read``.
    unseen_per_read : float
        Cells per read of a bacterium of an unknown family.
    counts : bool
        Whether reads are counts, which have sampling uncertainty.
    """

    samples: tuple[str, ...]
    taxa: tuple[str, ...]
    reads: scipy.sparse.csr_array
    unresolved: Array
    unresolved_squares: Array
    per_read: Array
    log_sd: Array
    unseen_per_read: float
    counts: bool

    def rows(self, chosen: slice | npt.NDArray[np.intp]) -> Community:
        """Communities of some of the samples, with all taxa."""
        return replace(
            self,
            samples=tuple(self.samples[at] for at in np.arange(len(self.samples))[chosen]),
            reads=self.reads[chosen],
            unresolved=self.unresolved[chosen],
            unresolved_squares=self.unresolved_squares[chosen],
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


def tier_reads(table: scipy.sparse.csr_array, tiers: pd.Series) -> Array:
    """Sum the reads of each sample by tier.

    Parameters
    ----------
    table : sparse array, shape (samples, features)
    tiers : Series of str, shape (features,)

    Returns
    -------
    ndarray, shape (samples, tiers)
    """
    group = np.array([TIERS.index(tier) for tier in tiers], dtype=np.intp)
    return np.asarray(sum_features(table, group, len(TIERS)).toarray())


def _unresolved(table: scipy.sparse.csr_array, resolution: pd.DataFrame) -> scipy.sparse.csr_array:
    """Reads of each distinct lineage that may be bacterial but stands for no genome."""
    import pandas as pd

    names = resolution["lineage"].where(resolution["tier"].isin(UNRESOLVED_TIERS))
    group, lineages = pd.factorize(names, sort=True)  # those of other tiers get -1
    return sum_features(table, group, len(lineages))


def assemble(
    samples: tuple[str, ...],
    table: scipy.sparse.csr_array,
    resolution: pd.DataFrame,
    copy_number: pd.DataFrame,
    *,
    counts: bool,
    correct_copies: bool,
) -> Community:
    """Sum features into taxa and attach the 16S copies.

    Parameters
    ----------
    samples : tuple of str
    table : sparse array, shape (samples, features)
    resolution : DataFrame
        ``resolution.tsv``, one row a feature, in the order of the table.
    copy_number : DataFrame
        ``copy_number.parquet``.
    counts : bool
        Whether the table holds counts.
    correct_copies : bool
        Whether reads are divided by the 16S copies.

    Returns
    -------
    Community
    """
    names = resolution["taxon"]
    taxa = tuple(sorted(set(names) - {""}))
    position = {taxon: number for number, taxon in enumerate(taxa)}
    group = np.array([position.get(taxon, -1) for taxon in names], dtype=np.intp)
    unresolved = _unresolved(table, resolution)
    rows = copy_number.set_index("taxon")
    ones = np.ones(len(taxa))
    known = rows.loc[list(taxa)]
    return Community(
        samples=samples,
        taxa=taxa,
        reads=sum_features(table, group, len(taxa)),
        unresolved=np.asarray(unresolved.sum(axis=1)),
        unresolved_squares=np.asarray(unresolved.power(2).sum(axis=1)),
        per_read=1 / known["mean"].to_numpy(float) if correct_copies else ones,
        log_sd=known["log_sd"].to_numpy(float) if correct_copies else 0 * ones,
        unseen_per_read=1 / float(rows["mean"].loc[BACTERIUM]) if correct_copies else 1.0,
        counts=counts,
    )
