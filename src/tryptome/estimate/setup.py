"""What a cohort is estimated by: its tables, models and settings, opened once for each job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import sliced
from tryptome.estimate.carried import Members, by_group
from tryptome.estimate.cohort import Cohort
from tryptome.estimate.community import Assembly
from tryptome.estimate.faecal.features import Families
from tryptome.estimate.faecal.model import Model, load
from tryptome.estimate.mass.budget import budget
from tryptome.estimate.mass.draws import Draws
from tryptome.estimate.mass.metadata import read_columns
from tryptome.estimate.mass.priors import Prior, read_priors
from tryptome.estimate.shares import Prevalence
from tryptome.estimate.survey import Survey, survey
from tryptome.estimate.worker import Worker
from tryptome.paths import locate
from tryptome.tables import read_parquet, read_tsv

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Setup:
    """A cohort, and what it is estimated by; see :func:`opened`.

    Attributes
    ----------
    cohort : Cohort
    model : Model
        Of the faecal metabolites.
    priors : mapping of str to Prior
        Of the mass balance.
    seed : int
    load_unit : str
    cover : float
    members : Members or None
        Groups of the samples, where contributions are given by group.
    """

    cohort: Cohort
    model: Model
    priors: Mapping[str, Prior]
    seed: int
    load_unit: str
    cover: float
    members: Members | None

    def survey(self) -> tuple[Survey, pd.DataFrame]:
        """Summaries of the cohort, and ``budget.tsv``."""
        surveyed = survey(self.cohort, self.model)
        few = self.cohort.some(surveyed.divided)
        divided = budget(
            few.community,
            self.cohort.prevalence,
            few.shares,
            few.metadata,
            priors=self.priors,
            seed=self.seed,
            least=self.cohort.least,
            reference=surveyed.reference,
        )
        return surveyed, divided

    def worker(self, surveyed: Survey) -> Worker:
        """What works out samples, once the cohort has been surveyed."""
        cohort, draws = self.cohort, Draws.of(self.priors, self.seed)
        return Worker(cohort.prevalence, surveyed, self.model, draws, cohort.least, self.load_unit)


@contextmanager
def opened(
    table: str,
    ledger: str,
    samples: str,
    resolution: str,
    capabilities: str,
    copy_number: str,
    *,
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
) -> Iterator[Setup]:
    """Open a cohort to estimate it.

    Parameters
    ----------
    table, ledger, samples : str
        ``table.biom``, ``ledger.json`` and ``samples.tsv`` of the stage ``ingest``.
    resolution : str
        ``resolution.tsv`` of the stage ``resolve``.
    capabilities, copy_number : str
        ``capabilities.parquet`` and ``copy_number.parquet`` of the stage ``annotate``.
    copy_number_correction : bool
        Whether reads are divided by the 16S copies of their taxon.
    min_assessable : float
        Least share of bacterial cells that a value must speak for.
    cover : float
        Part of each share for which ``contributions.parquet`` names taxa.
    prediction : str, optional
        Folder of coefficients for faecal metabolites; by default the one that ships.
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
        members: Members | None = None
        if by_group(contributions, cohort.samples):
            members = Members.of(metadata, groups, contrast_settings or {}, subject_column)
        yield Setup(cohort, model, priors, seed, bacterial_load_unit, cover, members)
