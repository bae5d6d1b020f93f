"""The numbers of a table, sparse by rows, without SciPy: it takes longer to import than to read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import ENTRIES, row_ranges
from tryptome.ingest.facts import Facts, facts_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array, csr_matrix


class Rows(ABC):
    """A sparse matrix by rows, wherever it is kept.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns.
    """

    shape: tuple[int, int]

    @abstractmethod
    def parts(self) -> Iterator[Cells]:
        """All rows in their order, in parts of bounded size."""

    @abstractmethod
    def matrix(self) -> csr_matrix:
        """Give all of it as SciPy's matrix."""

    @cached_property
    def facts(self) -> Facts:
        """What can be said of the values after reading them once."""
        return facts_of(self.parts(), self.shape[1])

    def column_sums(self) -> NDArray[np.float64]:
        """Sum of each column, shape (columns,)."""
        return self.facts.column_sums


@dataclass(frozen=True)
class Cells(Rows):
    """A sparse matrix by rows, as the three arrays of SciPy's ``csr_matrix``.

    Attributes
    ----------
    data : numpy.ndarray of float, shape (entries,)
        The values, row by row.
    indices : numpy.ndarray of int, shape (entries,)
        The column of each value; rising within a row.
    indptr : numpy.ndarray of int, shape (rows + 1,)
        Where each row begins in the other two.
    shape : tuple of int
        Rows and columns.
    """

    data: NDArray[np.float64]
    indices: NDArray[np.integer[Any]]
    indptr: NDArray[np.integer[Any]]
    shape: tuple[int, int]

    @classmethod
    def of(cls, matrix: csr_matrix) -> Cells:
        """Take the arrays of a SciPy matrix, without a copy where they are in order."""
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        return cls(matrix.data.astype(float, copy=False), matrix.indices, matrix.indptr,
                   matrix.shape)  # fmt: skip

    def parts(self) -> Iterator[Cells]:
        """All rows in their order, in parts of bounded size; the arrays are not copied."""
        for start, stop in row_ranges(self.indptr, ENTRIES):
            first, last = self.indptr[start], self.indptr[stop]
            yield Cells(self.data[first:last], self.indices[first:last],
                        self.indptr[start : stop + 1] - first,
                        (stop - start, self.shape[1]))  # fmt: skip

    def matrix(self) -> csr_matrix:
        """Give the SciPy matrix of the same arrays."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)

    def array(self) -> csr_array:
        """Give the SciPy array of the same arrays."""
        from scipy.sparse import csr_array

        return csr_array((self.data, self.indices, self.indptr), shape=self.shape)

    def transposed(self) -> Cells:
        """Turn rows into columns."""
        import numpy as np

        rows = np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))
        order = np.argsort(self.indices, kind="stable")
        counts = np.bincount(self.indices, minlength=self.shape[1])
        indptr = np.concatenate([[0], np.cumsum(counts)])
        return Cells(self.data[order], rows[order], indptr, (self.shape[1], self.shape[0]))
