"""The stage ``estimate``: what does the community do, per sample?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.estimate.balance import precursor_balance
from tryptome.estimate.community import Array, Community, assemble, tier_reads
from tryptome.estimate.contributions import contributions
from tryptome.estimate.quantities import mask, quantities
from tryptome.estimate.shares import Prevalence, share_of_cells
from tryptome.tables import (
    read_biom,
    read_parquet,
    read_tsv,
    write_biom,
    write_parquet,
    write_tsv,
)
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    import biom
    import pandas as pd
    import scipy.sparse


def run(
    table: str,
    ledger: str,
    resolution: str,
    capabilities: str,
    copy_number: str,
    *,
    composition_out: str,
    quantities_out: str,
    contributions_out: str,
    accounting_out: str,
    depth_out: str,
    copy_number_correction: bool,
    min_assessable: float,
    cover: float,
) -> None:
    """Estimate every quantity of every sample of a cohort.

    Parameters
    ----------
    table, ledger : str
        ``table.biom`` and ``ledger.json`` of the stage ``ingest``.
    resolution : str
        ``resolution.tsv`` of the stage ``resolve``.
    capabilities, copy_number : str
        ``capabilities.parquet`` and ``copy_number.parquet`` of the stage ``annotate``.
    composition_out, quantities_out, contributions_out, accounting_out, depth_out : str
        Files of the output contract (``docs/files.md``).
    copy_number_correction : bool
        Whether reads are divided by the 16S copies of their taxon.
    min_assessable : float
        Least share of bacterial cells that a value must speak for.
    cover : float
        Part of each share for which ``contributions.parquet`` names taxa.
    """
    reads = read_biom(table)
    samples = tuple(str(name) for name in reads.ids(axis="sample"))
    by_sample = _samples_by_features(reads)
    rows = read_tsv(resolution)
    community = assemble(
        samples,
        by_sample,
        rows,
        read_parquet(copy_number),
        counts=json.loads(Path(ledger).read_text(encoding="utf-8"))["values"] == "counts",
        correct_copies=copy_number_correction,
    )
    prevalence = Prevalence.of(read_parquet(capabilities), community.taxa)
    shares = share_of_cells(community, prevalence)
    balance = precursor_balance(community, prevalence, shares)
    given = mask(shares, min_assessable)
    write_parquet(
        quantities(community, prevalence, shares, balance, min_assessable), quantities_out
    )
    write_parquet(contributions(community, prevalence, given, cover=cover), contributions_out)
    by_tier = tier_reads(by_sample, rows["tier"])
    write_tsv(account(samples, by_tier), accounting_out)
    write_tsv(count_reads(samples, by_tier), depth_out)
    write_biom(_composition(community), composition_out)


def account(samples: tuple[str, ...], reads: Array) -> pd.DataFrame:
    """Share of each sample's reads in each tier; null where a sample has no reads."""
    import pandas as pd

    total = reads.sum(axis=1, keepdims=True)
    share = np.divide(reads, total, out=np.full_like(reads, np.nan), where=total > 0)
    frame = pd.DataFrame(share, columns=list(TIERS))
    frame.insert(0, "sample", list(samples))
    return frame


def count_reads(samples: tuple[str, ...], reads: Array) -> pd.DataFrame:
    """Reads of each sample over all tiers."""
    import pandas as pd

    return pd.DataFrame({"sample": list(samples), "reads": reads.sum(axis=1)})


def _samples_by_features(table: Any) -> scipy.sparse.csr_array:
    import scipy.sparse

    return scipy.sparse.csr_array(table.matrix_data.T)


def _composition(community: Community) -> biom.Table:
    import biom
    import scipy.sparse

    # biom-format knows SciPy's sparse matrices only, not its sparse arrays.
    cells = scipy.sparse.csr_matrix(community.cells.T)
    return biom.Table(cells, list(community.taxa), list(community.samples), type="Taxon table")
