"""The stage ``estimate``: what does the community do, per sample?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.estimate.carried import Carried, Members, by_group
from tryptome.estimate.community import Array, Community, assemble, tier_reads
from tryptome.estimate.compose import compose
from tryptome.estimate.contributions import contributions as of_samples
from tryptome.estimate.faecal.applicability import applicability
from tryptome.estimate.faecal.block import cohort_features, faecal
from tryptome.estimate.faecal.model import load
from tryptome.estimate.mass.budget import budget
from tryptome.estimate.mass.checks import compare_with_literature
from tryptome.estimate.mass.priors import read_priors
from tryptome.estimate.mass.scenario import scenario
from tryptome.estimate.quantities import quantities
from tryptome.estimate.shares import Prevalence, Shares, mask, share_of_cells
from tryptome.paths import locate
from tryptome.tables import (
    parquet_parts,
    read_biom,
    read_parquet,
    read_tsv,
    write_biom,
    write_tsv,
)
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    import biom
    import pandas as pd
    import scipy.sparse

PART = 512
"""Samples that are worked out at a time."""


def run(
    table: str,
    ledger: str,
    samples: str,
    resolution: str,
    capabilities: str,
    copy_number: str,
    *,
    composition_out: str,
    quantities_out: str,
    contributions_out: str,
    accounting_out: str,
    depth_out: str,
    applicability_out: str,
    budget_out: str,
    scenario_checks_out: str,
    copy_number_correction: bool,
    min_assessable: float,
    cover: float,
    prediction: str | None = None,
    bacterial_load_unit: str = "cells",
    mass_balance: Mapping[str, Any] | None = None,
    contributions: str = "auto",
    groups: Sequence[str] = (),
    contrast_settings: Mapping[str, Mapping[str, Any]] | None = None,
    subject_column: str | None = None,
    seed: int = 1,
) -> None:
    """Estimate every quantity of every sample of a cohort.

    Parameters
    ----------
    table, ledger, samples : str
        ``table.biom``, ``ledger.json`` and ``samples.tsv`` of the stage ``ingest``.
    resolution : str
        ``resolution.tsv`` of the stage ``resolve``.
    capabilities, copy_number : str
        ``capabilities.parquet`` and ``copy_number.parquet`` of the stage ``annotate``.
    composition_out, quantities_out, contributions_out, accounting_out : str
    depth_out, applicability_out, budget_out, scenario_checks_out : str
        Files of the output contract (``docs/files.md``).
    copy_number_correction : bool
        Whether reads are divided by the 16S copies of their taxon.
    min_assessable : float
        Least share of bacterial cells that a value must speak for.
    prediction : str, optional
        Folder of coefficients for faecal metabolites; by default the one that ships.
    cover : float
        Part of each share for which ``contributions.parquet`` names taxa.
    bacterial_load_unit : str
        Unit of the metadata's column ``bacterial_load``: ``cells`` or ``copies``.
    mass_balance : mapping, optional
        Priors of the user's own, by parameter of ``resources/physiology/priors.tsv``.
    contributions : str
        Form of ``contributions.parquet``: ``samples``, ``groups``, or ``auto``, by size.
    groups, contrast_settings, subject_column
        Groups and persons of the page, where contributions are given by group.
    seed : int
        Seed of the draws of the mass balance.

    Raises
    ------
    InputError
        The metadata hold a value that cannot be used; the message names the sample.
    """
    rows, metadata = read_tsv(resolution), read_tsv(samples)
    facts = json.loads(Path(ledger).read_text(encoding="utf-8"))
    names, by_sample = _read_table(table)
    community = assemble(
        names,
        by_sample,
        rows,
        read_parquet(copy_number),
        counts=facts["values"] == "counts",
        correct_copies=copy_number_correction,
    )
    by_tier = tier_reads(by_sample, rows["tier"])
    write_tsv(account(names, by_tier), accounting_out)
    write_tsv(count_reads(names, by_tier), depth_out)
    write_biom(_composition(community), composition_out)
    del by_sample, rows  # the largest of what is held
    prevalence = Prevalence.of(read_parquet(capabilities), community.taxa)
    shares = Shares.stack(
        [share_of_cells(community.rows(part), prevalence) for part in parts(len(names))]
    )
    found = cohort_features(community, shares, prevalence.capabilities, min_assessable)
    priors = read_priors(mass_balance)
    masses = scenario(
        community, prevalence, shares, metadata, priors=priors, seed=seed, least=min_assessable
    )
    cohort = [
        masses.block,
        faecal(community, found, min_assessable, load(locate(prediction) if prediction else None)),
    ]
    write_tsv(compare_with_literature(masses), scenario_checks_out)
    divided = budget(
        community, prevalence, shares, metadata, priors=priors, seed=seed, least=min_assessable
    )
    write_tsv(divided, budget_out)
    write_tsv(applicability(names, found), applicability_out)
    carried: Carried | None = None
    if by_group(contributions, len(names)):
        members = Members.of(metadata, groups, contrast_settings or {}, subject_column)
        known = ~np.isnan(mask(shares, min_assessable).mean)
        carried = Carried(members, known, len(community.taxa))
    with (
        parquet_parts(quantities_out) as quantity_rows,
        parquet_parts(contributions_out) as contribution_rows,
    ):
        for part in parts(len(names)):
            chunk, own = community.rows(part), shares.rows(part)
            blocks = compose(
                chunk,
                prevalence,
                own,
                metadata.iloc[part],
                least=min_assessable,
                load_unit=bacterial_load_unit,
            )
            blocks += [block.rows(part) for block in cohort]
            quantity_rows(quantities(chunk.samples, blocks))
            given = mask(own, min_assessable)
            if carried is None:
                contribution_rows(of_samples(chunk, prevalence, given, cover=cover))
            else:
                carried.add(part, chunk, given)
        if carried is not None:
            contribution_rows(carried.table(community.taxa, prevalence, cover=cover))


def parts(samples: int, size: int = PART) -> Iterator[slice]:
    """Slices of the samples, so that memory does not grow with them; one where there are none.

    Examples
    --------
    >>> [part.stop - part.start for part in parts(5, size=2)]
    [2, 2, 1]
    """
    for start in range(0, max(samples, 1), size):
        yield slice(start, min(start + size, samples))


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


def _read_table(path: str) -> tuple[tuple[str, ...], scipy.sparse.csr_array]:
    """Names of the samples, and their reads, samples x features."""
    import scipy.sparse

    table = read_biom(path)
    names = tuple(str(name) for name in table.ids(axis="sample"))
    return names, scipy.sparse.csr_array(table.matrix_data.T)


def _composition(community: Community) -> biom.Table:
    import biom
    import scipy.sparse

    # biom-format knows SciPy's sparse matrices only, not its sparse arrays.
    cells = scipy.sparse.csr_matrix(community.cells.T)
    return biom.Table(cells, list(community.taxa), list(community.samples), type="Taxon table")
