"""The stage ``estimate``: what does the community do, per sample?"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

from tryptome.atomic import whole
from tryptome.estimate.carried import Sums, carried_by_group
from tryptome.estimate.mass.checks import compare_with_literature
from tryptome.estimate.setup import Setup, opened
from tryptome.estimate.shards import joined_totals, of_samples
from tryptome.estimate.totals import added
from tryptome.estimate.work import work
from tryptome.tables import parquet_parts, write_tsv


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
    divided: str | None = None,
    shards: Sequence[str] = (),
    threads: int = 1,
    **settings: Any,
) -> None:
    """Estimate every quantity of every sample of a cohort, or join what its shards hold.

    Parameters
    ----------
    table, ledger, samples, resolution, capabilities, copy_number : str
        See :func:`tryptome.estimate.setup.opened`.
    composition_out, quantities_out, contributions_out, accounting_out : str
    depth_out, applicability_out, budget_out, scenario_checks_out : str
        Files of the output contract (``docs/files.md``).
    divided : str, optional
        ``budget.tsv`` of a cohort that is sharded.
    shards : sequence of str
        Folders of its shards, in order; none where this job works out the samples.
    threads : int
        How many work samples out; results do not depend on it.
    settings
        See :func:`tryptome.estimate.setup.opened`.

    Raises
    ------
    InputError
        The metadata hold a value that cannot be used; the message names the sample.
    """
    paths = {
        "composition": composition_out,
        "accounting": accounting_out,
        "depth": depth_out,
        "applicability": applicability_out,
        "quantities": quantities_out,
        "contributions": contributions_out,
    }
    inputs = (table, ledger, samples, resolution, capabilities, copy_number)
    with opened(*inputs, **settings) as setup:
        rows = of_samples(setup, paths)
        if divided is None:
            surveyed, budget = setup.survey()
            write_tsv(budget, budget_out)
            everyone = slice(0, setup.cohort.samples)
            totals = added(work(setup, surveyed, everyone, rows, threads))
        else:
            _copy(divided, budget_out)
            totals = added(joined_totals(setup, shards, rows))
        if totals.sums is not None:
            _write_groups(setup, totals.sums, contributions_out)
    write_tsv(compare_with_literature(totals.figures), scenario_checks_out)


def _write_groups(setup: Setup, sums: Sums, path: str) -> None:
    labels = () if setup.members is None else setup.members.labels
    taxa, prevalence = setup.cohort.assembly.taxa, setup.cohort.prevalence
    with parquet_parts(path) as append:
        append(carried_by_group(sums, labels, taxa, prevalence, cover=setup.cover))


def _copy(source: str, path: str) -> None:
    with whole(path) as partial:
        shutil.copyfile(source, partial)
