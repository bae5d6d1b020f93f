"""Reads of resolved taxa, their diversity, and compositions free of zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.community import Array, sum_features

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse


FEWEST_TAXA = 2
"""Taxa from which there is a composition."""


def resolved_reads(reads: scipy.sparse.csr_array, resolution: pd.DataFrame) -> pd.DataFrame:
    """Sum the reads of each resolved taxon; names that stand for no taxon are left out.

    Parameters
    ----------
    reads : sparse array, shape (samples, features)
    resolution : pandas.DataFrame
        ``resolution.tsv``, one row a feature, in the order of the table.

    Returns
    -------
    pandas.DataFrame, shape (samples, taxa)
        Taxa sorted.
    """
    import pandas as pd

    names = resolution["taxon"].where(resolution["taxon"] != "")
    group, taxa = pd.factorize(names, sort=True)
    return pd.DataFrame(sum_features(reads, group, len(taxa)).toarray(), columns=list(taxa))


def diversity(reads: pd.DataFrame) -> pd.DataFrame:
    """Alpha diversity of each sample.

    Parameters
    ----------
    reads : pandas.DataFrame, shape (samples, taxa)

    Returns
    -------
    pandas.DataFrame
        ``shannon`` (natural logarithm) and ``observed`` (taxa with reads, which grow
        with depth); null where a sample has no reads.
    """
    import pandas as pd
    from skbio.diversity import alpha_diversity

    some = (reads.sum(axis=1) > 0).to_numpy()
    found = pd.DataFrame(np.nan, index=reads.index, columns=["shannon", "observed"])
    # With counts scikit-bio insists on whole numbers only where it validates.
    for column, metric in (("shannon", "shannon"), ("observed", "observed_features")):
        values = alpha_diversity(metric, reads.to_numpy()[some], validate=False)
        found.loc[some, column] = np.asarray(values, dtype=float)
    return found


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
