"""Reads of resolved taxa, their diversity, and compositions free of zeros."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tryptome.community.subset import Codes
from tryptome.estimate.community import Array, sum_features

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

    from tryptome.biom_slices import SlicedTable


METRICS = {"shannon": "shannon", "observed": "observed_features"}
"""Alpha diversities, and what scikit-bio calls them."""

FEWEST_TAXA = 2
"""Taxa from which there is a composition."""


PART = 2_000
"""Samples whose diversity is worked out at a time, from a full table."""

AT_ONCE = 5_000
"""Samples that are made units of at a time."""


class Rows(Protocol):
    """Reads of resolved taxa, samples x taxa, of which some rows are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Samples and taxa."""

    def __getitem__(self, rows: Codes, /) -> scipy.sparse.csr_array:
        """Reads of samples, whose positions rise."""


@dataclass(frozen=True)
class Reads:
    """Reads of resolved taxa.

    Attributes
    ----------
    values : Rows, shape (samples, taxa)
    taxa : list of str
        Sorted.
    """

    values: Rows
    taxa: list[str]

    def summed(self, sums: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
        """Reads of units, some samples at a time.

        Parameters
        ----------
        sums : sparse array, shape (units, samples)
            1 where a sample's reads are a unit's.
        """
        import scipy.sparse

        total = scipy.sparse.csr_array((sums.shape[0], len(self.taxa)))
        for rows in used(sums):
            total = total + sums[:, rows] @ self.values[rows]
        return scipy.sparse.csr_array(total)


@dataclass(frozen=True)
class Resolved:
    """Reads of resolved taxa that stay in their table until they are asked for.

    Attributes
    ----------
    table : SlicedTable
    group : ndarray of int, shape (features,)
        Taxon of each feature, or -1.
    taxa : int
    """

    table: SlicedTable
    group: Codes
    taxa: int

    @property
    def shape(self) -> tuple[int, int]:
        """Samples and taxa."""
        return self.table.shape[1], self.taxa

    def __getitem__(self, rows: Codes, /) -> scipy.sparse.csr_array:
        """Reads of samples, whose positions rise."""
        return sum_features(self.table.of_some(rows), self.group, self.taxa)


def resolved_reads(table: SlicedTable, resolution: pd.DataFrame) -> Reads:
    """Sum the reads of each resolved taxon; names that stand for no taxon are left out.

    Parameters
    ----------
    table : SlicedTable
        It has to stay open.
    resolution : pandas.DataFrame
        ``resolution.tsv``, one row a feature, in the order of the table.

    Returns
    -------
    Reads
    """
    import pandas as pd

    names = resolution["taxon"].where(resolution["taxon"] != "")
    group, taxa = pd.factorize(names, sort=True)
    return Reads(Resolved(table, group, len(taxa)), [str(taxon) for taxon in taxa])


def used(weights: scipy.sparse.csr_array) -> Iterator[Codes]:
    """Positions of the samples that are in any unit, some at a time.

    Parameters
    ----------
    weights : sparse array, shape (units, samples)
    """
    every = np.unique(weights.indices).astype(np.intp)
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))


def diversity(reads: Reads) -> pd.DataFrame:
    """Alpha diversity of each sample.

    Parameters
    ----------
    reads : Reads

    Returns
    -------
    pandas.DataFrame
        ``shannon`` (natural logarithm) and ``observed`` (taxa with reads, which grow
        with depth); null where a sample has no reads.
    """
    import pandas as pd
    from skbio.diversity import alpha_diversity

    samples = np.arange(reads.values.shape[0])
    found = np.full((len(samples), len(METRICS)), np.nan)
    for start in range(0, len(samples), PART):
        part = reads.values[samples[start : start + PART]]
        some = np.flatnonzero(part.sum(axis=1) > 0)
        if not len(some):
            continue
        table, rows = part[some].toarray(), start + some
        for at, metric in enumerate(METRICS.values()):
            # With counts scikit-bio insists on whole numbers only where it validates.
            values = alpha_diversity(metric, table, validate=False)
            found[rows, at] = np.asarray(values, dtype=float)
    return pd.DataFrame(found, columns=list(METRICS))


def proportions(reads: Array) -> Array:
    """Share of each taxon in each sample."""
    return np.asarray(reads / reads.sum(axis=1, keepdims=True))


def log_ratios(shares: Array) -> Array:
    """Centred log-ratios, zeros replaced multiplicatively.

    Parameters
    ----------
    shares : ndarray, shape (samples, taxa)

    Returns
    -------
    ndarray, shape (samples, taxa)
    """
    from skbio.stats.composition import clr, multi_replace

    return np.asarray(clr(multi_replace(shares)))
