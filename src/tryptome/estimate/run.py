"""The stage ``estimate``: what does the community do, per sample?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import sliced
from tryptome.estimate.carried import Carried, Members, by_group
from tryptome.estimate.cohort import Cohort, Part
from tryptome.estimate.community import Assembly
from tryptome.estimate.contributions import contributions as of_samples
from tryptome.estimate.faecal.features import Families
from tryptome.estimate.faecal.model import load
from tryptome.estimate.mass.budget import budget
from tryptome.estimate.mass.checks import compare_with_literature
from tryptome.estimate.mass.draws import Draws
from tryptome.estimate.mass.metadata import read_columns
from tryptome.estimate.mass.priors import read_priors
from tryptome.estimate.outputs import outputs
from tryptome.estimate.shares import Prevalence, mask
from tryptome.estimate.survey import survey
from tryptome.estimate.worker import Worker, ahead, joined
from tryptome.paths import locate
from tryptome.tables import parquet_parts, read_parquet, read_tsv, write_tsv

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


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
    threads: int = 1,
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
    threads : int
        How many work samples out; results do not depend on it.

    Raises
    ------
    InputError
        The metadata hold a value that cannot be used; the message names the sample.
    """
    facts = json.loads(Path(ledger).read_text(encoding="utf-8"))
    assembly = Assembly.of(
        read_tsv(resolution),
        read_parquet(copy_number),
        counts=facts["values"] == "counts",
        correct_copies=copy_number_correction,
    )
    prevalence = Prevalence.of(read_parquet(capabilities), assembly.taxa)
    families, metadata = Families.of(assembly.taxa), read_tsv(samples)
    model = load(locate(prediction) if prediction else None)
    priors = read_priors(mass_balance)
    read_columns(metadata)  # what cannot be used is said before hours of work
    with sliced(table) as source:
        cohort = Cohort(source, assembly, prevalence, families, metadata, min_assessable)
        surveyed = survey(cohort, model)
        few = cohort.some(surveyed.divided)
        divided = budget(
            few.community,
            prevalence,
            few.shares,
            few.metadata,
            priors=priors,
            seed=seed,
            least=min_assessable,
            reference=surveyed.reference,
        )
        write_tsv(divided, budget_out)
        draws = Draws.of(priors, seed)
        worker = Worker(prevalence, surveyed, model, draws, min_assessable, bacterial_load_unit)
        members: Members | None = None
        if by_group(contributions, cohort.samples):
            members = Members.of(metadata, groups, contrast_settings or {}, subject_column)
        with (
            outputs(
                cohort,
                composition=composition_out,
                accounting=accounting_out,
                depth=depth_out,
                applicability=applicability_out,
                quantities=quantities_out,
            ) as files,
            contribution_parts(contributions_out, cohort, surveyed.known, cover, members) as carry,
        ):
            found = []
            for part, one, (blocks, figures) in ahead(cohort.parts(), worker.work_out, threads):
                files.put(one, blocks)
                carry(part, one)
                found.append(figures)
    write_tsv(compare_with_literature(joined(found)), scenario_checks_out)


@contextmanager
def contribution_parts(
    path: str,
    cohort: Cohort,
    known: npt.NDArray[np.bool_],
    cover: float,
    members: Members | None,
) -> Iterator[Callable[[slice, Part], None]]:
    """Write ``contributions.parquet``: of each sample, or means of groups where there are any.

    Parameters
    ----------
    path : str
    cohort : Cohort
    known : ndarray of bool, shape (samples, capabilities)
        Whether each share is given.
    cover : float
        Part of each share for which taxa are named.
    members : Members or None
        Groups of the samples.

    Yields
    ------
    callable
        Takes the next samples.
    """
    prevalence, taxa = cohort.prevalence, cohort.assembly.taxa
    with parquet_parts(path) as append:
        if members is not None:
            sums = Carried(members, known, len(taxa))
            yield lambda part, one: sums.add(part, one.community, one.shares)
            append(sums.table(taxa, prevalence, cover=cover))
            return

        def list_taxa(part: slice, one: Part) -> None:
            given = mask(one.shares, cohort.least)
            append(of_samples(one.community, prevalence, given, cover=cover))

        yield list_taxa
