"""Which taxa carry a share: exact parts of it, the fewest that cover most of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.community import Array, Community
from tryptome.estimate.shares import Prevalence, Shares
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse


def contributions(
    community: Community, prevalence: Prevalence, shares: Shares, *, cover: float
) -> pd.DataFrame:
    """List the taxa that carry each share in each sample.

    A share is a weighted mean of prevalences, so that taxon *i* contributes
    exactly ``q_i * mean_i``.

    Parameters
    ----------
    community : Community
    prevalence : Prevalence
    shares : Shares
    cover : float
        Least part of each share that named taxa make up.

    Returns
    -------
    DataFrame
        ``sample``, ``taxon``, ``quantity``, ``mean``, ``share`` (of the
        quantity). For each assessable sample and quantity its taxa by falling
        contribution, then a row :data:`REST`; the rows add up to the quantity.
    """
    import pandas as pd

    cells = community.cells
    tables = [
        _one(cells, prevalence.mean[:, column], shares, column, cover)
        for column in range(len(prevalence.capabilities))
    ]
    sample, taxon, mean = (np.concatenate(parts) for parts in zip(*tables, strict=True))
    quantity = np.repeat(np.arange(len(tables)), [len(table[0]) for table in tables])
    whole = shares.mean[sample, quantity]
    order = np.lexsort((quantity, sample))  # stable: the order of taxa stays
    names = np.array([*community.taxa, REST], dtype=object)
    labels = np.array([f"share:{name}" for name in prevalence.capabilities], dtype=object)
    return pd.DataFrame(
        {
            "sample": np.array(community.samples, dtype=object)[sample[order]],
            "taxon": names[taxon[order]],
            "quantity": labels[quantity[order]],
            "mean": mean[order],
            "share": mean[order] / whole[order],
        }
    )


def _one(
    cells: scipy.sparse.csr_array, prevalence: Array, shares: Shares, column: int, cover: float
) -> tuple[Array, Array, Array]:
    """Rows of one quantity: positions of sample and taxon, and the contribution."""
    sample = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    # Where no cell can be assessed there is nothing to divide by, and the share is unknown.
    with np.errstate(invalid="ignore"):
        part = cells.data * prevalence[cells.indices] / shares.cells[sample, column]
    named = (part > 0) & ~np.isnan(shares.mean[sample, column])
    sample, taxon, part = sample[named], cells.indices[named], part[named]
    order = np.lexsort((taxon, -part, sample))
    sample, taxon, part = sample[order], taxon[order], part[order]
    running = np.cumsum(part)
    start = np.searchsorted(sample, np.arange(cells.shape[0]))
    before = np.concatenate([[0.0], running])
    already = before[:-1] - before[start[sample]]
    kept = already < cover * shares.mean[sample, column]
    sample, taxon, part = sample[kept], taxon[kept], part[kept]
    valid = np.flatnonzero(~np.isnan(shares.mean[:, column]))
    listed = np.bincount(sample, part, minlength=cells.shape[0])
    rest = np.maximum(shares.mean[valid, column] - listed[valid], 0)
    rows = np.concatenate([sample, valid])
    order = np.argsort(rows, kind="stable")
    return (
        rows[order],
        np.concatenate([taxon, np.full(len(valid), cells.shape[1])])[order],
        np.concatenate([part, rest])[order],
    )
