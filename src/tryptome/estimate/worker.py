"""Every quantity of some samples of a cohort, once the cohort has been surveyed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from tryptome.estimate.blocks import Block
from tryptome.estimate.cohort import Part
from tryptome.estimate.community import Array
from tryptome.estimate.compose import compose
from tryptome.estimate.faecal.block import faecal
from tryptome.estimate.faecal.model import Model
from tryptome.estimate.mass.checks import intervals
from tryptome.estimate.mass.draws import Draws
from tryptome.estimate.mass.scenario import scenario
from tryptome.estimate.shares import Prevalence
from tryptome.estimate.survey import Survey

Found = TypeVar("Found")


@dataclass(frozen=True)
class Worker:
    """What works out samples: settings, models and what was surveyed.

    Attributes
    ----------
    prevalence : Prevalence
    surveyed : Survey
    model : Model
        Of the faecal metabolites.
    draws : Draws
        Of the mass balance.
    least : float
        Least share of bacterial cells that a value must speak for.
    load_unit : str
        Unit of the metadata's column ``bacterial_load``.
    """

    prevalence: Prevalence
    surveyed: Survey
    model: Model
    draws: Draws
    least: float
    load_unit: str

    def work_out(self, one: Part) -> tuple[list[Block], dict[str, Array]]:
        """Work out some samples; the result does not depend on which stand beside.

        Parameters
        ----------
        one : Part

        Returns
        -------
        list of Block
            All quantities, in the order of the table.
        dict of str to ndarray
            What the literature has figures of, see :func:`tryptome.estimate.mass.checks.intervals`.
        """
        community, shares = one.community, one.shares
        blocks = compose(
            community,
            self.prevalence,
            shares,
            one.metadata,
            least=self.least,
            load_unit=self.load_unit,
        )
        masses = scenario(
            community,
            self.prevalence,
            shares,
            one.metadata,
            draws=self.draws,
            least=self.least,
            reference=self.surveyed.reference,
        )
        ranked = faecal(community, one.features, self.least, self.model, self.surveyed.among)
        return [*blocks, masses.block, ranked], intervals(masses)


def ahead(
    parts: Iterable[tuple[slice, Part]], work: Callable[[Part], Found], threads: int
) -> Iterator[tuple[slice, Part, Found]]:
    """Work parts out in their order, with some threads beside the one that reads and writes.

    NumPy and SciPy let other threads run while they compute. At most one part more than
    there are threads is held.

    Parameters
    ----------
    parts : iterable
        Parts, each with its place.
    work : callable
        Of one part; the result must not depend on others.
    threads : int
        1 for no thread beside.

    Yields
    ------
    slice, Part, result

    Examples
    --------
    >>> [found for _, _, found in ahead([(slice(n, n + 1), n) for n in range(5)], str, 2)]
    ['0', '1', '2', '3', '4']
    """
    if threads == 1:
        yield from ((place, one, work(one)) for place, one in parts)
        return
    waiting: deque[tuple[slice, Part, Future[Found]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for place, one in parts:
            waiting.append((place, one, pool.submit(work, one)))
            if len(waiting) > threads:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _first(
    waiting: deque[tuple[slice, Part, Future[Found]]],
) -> tuple[slice, Part, Found]:
    place, one, future = waiting.popleft()
    return place, one, future.result()
