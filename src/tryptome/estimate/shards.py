"""A large cohort in several jobs: it is surveyed, its shards are worked out, they are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tryptome.atomic import whole_folder
from tryptome.estimate.join import join
from tryptome.estimate.outputs import FILES
from tryptome.estimate.setup import Setup, opened
from tryptome.estimate.slices import shard as place
from tryptome.estimate.survey import Survey
from tryptome.estimate.totals import Totals
from tryptome.estimate.work import work
from tryptome.tables import write_tsv

TOTALS = "totals{:06d}.npz"
"""Totals of a block, by its number within the shard."""


def run_survey(*, survey_out: str, budget_out: str, **given: Any) -> None:
    """Survey a cohort, for its shards.

    Parameters
    ----------
    survey_out : str
        Folder for the summaries.
    budget_out : str
        ``budget.tsv`` of the output contract.
    given
        Inputs and settings, see :func:`tryptome.estimate.setup.opened`.
    """
    with opened(**given) as setup:
        surveyed, divided = setup.survey()
        write_tsv(divided, budget_out)
        surveyed.save(survey_out)


def run_shard(*, survey: str, shard_out: str, number: int, shards: int, **given: Any) -> None:
    """Work out a shard of a cohort.

    Parameters
    ----------
    survey : str
        What :func:`run_survey` wrote.
    shard_out : str
        Folder for its part of each file; empty where the cohort ends before it.
    number, shards : int
        Number of the shard, from 0, and how many there are.
    given
        Inputs and settings, see :func:`tryptome.estimate.setup.opened`.
    """
    with opened(**given) as setup, whole_folder(shard_out) as folder:
        samples = place(setup.cohort.samples, number, shards)
        if samples.start == samples.stop:
            return
        paths = {key: str(folder / name) for key, name in of_samples(setup, FILES).items()}
        totals = work(setup, Survey.load(survey), samples, paths, threads=1)
        for block, found in enumerate(totals):
            found.save(folder / TOTALS.format(block))


def of_samples(setup: Setup, paths: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that hold rows of single samples."""
    return {
        key: path
        for key, path in paths.items()
        if key in FILES and (key != "contributions" or setup.members is None)
    }


def joined_totals(
    setup: Setup, shards: Sequence[str], paths: Mapping[str, str]
) -> Iterator[Totals]:
    """Join what shards wrote, as :func:`tryptome.estimate.work.work` writes it of all samples.

    Parameters
    ----------
    setup : Setup
    shards : sequence of str
        Their folders, in order.
    paths : mapping of str to str
        See :func:`tryptome.estimate.outputs.outputs`.

    Yields
    ------
    Totals
        Of each block.
    """
    cohort = setup.cohort
    # A shard beyond the last sample holds no files, but what Snakemake leaves there.
    folders = [Path(folder) for folder in shards if (Path(folder) / FILES["depth"]).exists()]
    for key, path in paths.items():
        files = [folder / FILES[key] for folder in folders]
        join(files, path, cohort.assembly.taxa, cohort.table.samples)
    for folder in folders:
        for saved in sorted(folder.glob(TOTALS.replace("{:06d}", "*"))):
            yield Totals.load(saved)
