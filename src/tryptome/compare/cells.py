"""The cells of a cohort, of which only some samples or some taxa are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.selection import Codes

if TYPE_CHECKING:
    import scipy.sparse

    from tryptome.biom_slices import SlicedTable

ENTRIES = 2**21
"""Cells above zero that are held at a time: 25 MB, of about 60,000 samples."""

AT_ONCE = 2**22
"""Numbers of single taxa in all samples that are held at a time: 34 MB."""


class Cells(Protocol):
    """Cell-equivalents of taxa in samples."""

    @property
    def samples(self) -> int:
        """How many samples there are."""

    def parts(self) -> Iterator[tuple[Codes, scipy.sparse.csr_array]]:
        """Positions of some samples after others, and their cells, samples x taxa."""

    def of_taxa(self, chosen: Sequence[int]) -> Iterator[tuple[list[int], Array]]:
        """Some of the chosen taxa after others, and their cells in all samples, taxa x samples."""


class Stored:
    """Cells that stay in their file.

    Parameters
    ----------
    table : SlicedTable
        ``composition.biom``.
    samples : list of str
        All its samples, in the order in which positions count.
    """

    def __init__(self, table: SlicedTable, samples: list[str]) -> None:
        self._table = table
        place = {name: at for at, name in enumerate(samples)}
        self._places = np.array([place[name] for name in table.ids("sample")], dtype=np.intp)
        if len(self._places) != len(samples):
            raise ValueError(f"{len(self._places)} samples have cells, of {len(samples)}")

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self._places)

    def parts(self) -> Iterator[tuple[Codes, scipy.sparse.csr_array]]:
        """Some samples after others, in the order of the file."""
        for start, stop in self._table.slices("sample", ENTRIES):
            yield self._places[start:stop], self._table.of_samples(start, stop)

    def of_taxa(self, chosen: Sequence[int]) -> Iterator[tuple[list[int], Array]]:
        """Some taxa after others."""
        for taxa in _blocks(chosen, self.samples):
            cells = np.empty((len(taxa), self.samples))
            stored = self._table.of_some(np.array(taxa, dtype=np.intp), side="observation")
            cells[:, self._places] = stored.toarray()
            yield taxa, cells


class Held:
    """Cells in memory, of cohorts that are simulated.

    Parameters
    ----------
    cells : sparse array, shape (taxa, samples)
    """

    def __init__(self, cells: scipy.sparse.csr_array) -> None:
        self._cells = cells

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return int(self._cells.shape[1])

    @cached_property
    def _by_samples(self) -> scipy.sparse.csr_array:
        return self._cells.T.tocsr()

    def parts(self) -> Iterator[tuple[Codes, scipy.sparse.csr_array]]:
        """All samples at once."""
        yield np.arange(self.samples), self._by_samples

    def of_taxa(self, chosen: Sequence[int]) -> Iterator[tuple[list[int], Array]]:
        """Some taxa after others."""
        for taxa in _blocks(chosen, self.samples):
            yield taxa, self._cells[taxa].toarray()


def _blocks(chosen: Sequence[int], samples: int) -> Iterator[list[int]]:
    """Taxa in order, as many at a time as may be held."""
    ordered = sorted(chosen)
    step = max(AT_ONCE // max(samples, 1), 1)
    for start in range(0, len(ordered), step):
        yield ordered[start : start + step]
