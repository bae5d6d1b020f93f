"""The numbers of a table, sparse by rows, without SciPy: it takes longer to import than to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import ENTRIES, row_ranges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array, csr_matrix


@dataclass(frozen=True)
class Cells:
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

    def matrix(self) -> csr_matrix:
        """Give the SciPy matrix of the same arrays."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)

    def array(self) -> csr_array:
        """Give the SciPy array of the same arrays."""
        from scipy.sparse import csr_array

        return csr_array((self.data, self.indices, self.indptr), shape=self.shape)

    def parts(self) -> Iterator[Cells]:
        """All rows in their order, in parts of bounded size."""
        for start, stop in row_ranges(self.indptr, ENTRIES):
            first, last = self.indptr[start], self.indptr[stop]
            yield Cells(self.data[first:last], self.indices[first:last],
                        self.indptr[start : stop + 1] - first,
                        (stop - start, self.shape[1]))  # fmt: skip

    def column_sums(self) -> NDArray[np.float64]:
        """Sum of each column, shape (columns,)."""
        import numpy as np

        sums = np.bincount(self.indices, weights=self.data, minlength=self.shape[1])
        return sums.astype(float)  # without any entry, bincount counts in whole numbers

    def transposed(self) -> Cells:
        """Turn rows into columns."""
        import numpy as np

        rows = np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))
        order = np.argsort(self.indices, kind="stable")
        counts = np.bincount(self.indices, minlength=self.shape[1])
        indptr = np.concatenate([[0], np.cumsum(counts)])
        return Cells(self.data[order], rows[order], indptr, (self.shape[1], self.shape[0]))
