"""Working out the samples of a cohort, or of one of its shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tryptome.estimate.carried import Carried
from tryptome.estimate.outputs import outputs
from tryptome.estimate.setup import Setup
from tryptome.estimate.slices import blocks
from tryptome.estimate.survey import Survey
from tryptome.estimate.totals import Totals, joined
from tryptome.estimate.worker import ahead


def work(
    setup: Setup, surveyed: Survey, samples: slice, paths: Mapping[str, str], threads: int
) -> Iterator[Totals]:
    """Write the rows of some samples, a part at a time.

    Parameters
    ----------
    setup : Setup
    surveyed : Survey
        Of the whole cohort.
    samples : slice
        From the start of a block on, see :data:`tryptome.estimate.slices.BLOCK`.
    paths : mapping of str to str
        See :func:`tryptome.estimate.outputs.outputs`.
    threads : int
        How many work samples out; results do not depend on it.

    Yields
    ------
    Totals
        Of each block. The files are there once all have been taken.
    """
    cohort, worker = setup.cohort, setup.worker(surveyed)
    carried = None
    if setup.members is not None:
        carried = Carried(setup.members, surveyed.known, len(cohort.assembly.taxa))
    with outputs(cohort, samples, paths, cover=setup.cover) as files:
        for block in blocks(samples):
            sums, figures = None if carried is None else carried.none(), []
            for part, one, (rows, found) in ahead(cohort.parts(block), worker.work_out, threads):
                files.put(one, rows)
                figures.append(found)
                if carried is not None and sums is not None:
                    carried.add(sums, part, one.community, one.shares)
            yield Totals(joined(figures), sums)
