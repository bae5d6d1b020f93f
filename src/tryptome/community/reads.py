"""Reads of resolved taxa, their diversity, and compositions free of zeros."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.community import Array, sum_features

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse


METRICS = {"shannon": "shannon", "observed": "observed_features"}
"""Alpha diversities, and what scikit-bio calls them."""

FEWEST_TAXA = 2
"""Taxa from which there is a composition."""


PART = 2_000
"""Samples whose reads are a full table at a time."""


@dataclass(frozen=True)
class Reads:
    """Reads of resolved taxa.

    Attributes
    ----------
    values : sparse array, shape (samples, taxa)
    taxa : list of str
        Sorted.
    """

    values: scipy.sparse.csr_array
    taxa: list[str]

    @property
    def total(self) -> Array:
        """Reads of each sample."""
        return np.asarray(self.values.sum(axis=1), dtype=float)


def resolved_reads(reads: Iterable[scipy.sparse.csr_array], resolution: pd.DataFrame) -> Reads:
    """Sum the reads of each resolved taxon; names that stand for no taxon are left out.

    Parameters
    ----------
    reads : iterable of sparse array, each shape (some samples, features)
        All together are all samples.
    resolution : pandas.DataFrame
        ``resolution.tsv``, one row a feature, in the order of the table.

    Returns
    -------
    Reads
    """
    import pandas as pd
    import scipy.sparse

    names = resolution["taxon"].where(resolution["taxon"] != "")
    group, taxa = pd.factorize(names, sort=True)
    parts = [sum_features(part, group, len(taxa)) for part in reads]
    values = scipy.sparse.csr_array(scipy.sparse.vstack(parts, format="csr"))
    return Reads(values, [str(taxon) for taxon in taxa])


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

    some = np.flatnonzero(reads.total > 0)
    found = np.full((reads.values.shape[0], len(METRICS)), np.nan)
    for start in range(0, len(some), PART):
        rows = some[start : start + PART]
        table = reads.values[rows].toarray()
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
