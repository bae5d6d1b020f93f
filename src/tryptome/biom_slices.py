"""Reading a BIOM table of the project's own slice by slice, so that memory does not grow with it.

BIOM 2.1 holds a matrix twice, by features and by samples, each as the three arrays of
SciPy's ``csr_matrix``. A slice is a range of rows of one of the two, between two of the
row ends ``indptr``; no other part of the file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import os

    import h5py
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

Side = Literal["observation", "sample"]

ENTRIES = 2**22
"""Entries of a slice, where nothing else is said: about 50 MB."""

PIECE = 2**16
"""Entries that are packed together in a file, and so are read together."""


@dataclass(frozen=True)
class SlicedTable:
    """A table that stays in its file, see :func:`sliced`.

    Attributes
    ----------
    handle : h5py.File
        The open file.
    """

    handle: h5py.File

    @property
    def shape(self) -> tuple[int, int]:
        """Features and samples."""
        features, samples = self.handle.attrs["shape"]
        return int(features), int(samples)

    @cached_property
    def features(self) -> list[str]:
        """Ids of the features."""
        return self.ids("observation")

    @cached_property
    def samples(self) -> list[str]:
        """Ids of the samples."""
        return self.ids("sample")

    def ids(self, side: Side, start: int = 0, stop: int | None = None) -> list[str]:
        """Ids of one side, or of a range of them."""
        return list(self.handle[f"{side}/ids"].asstr()[start:stop])

    def of_samples(self, start: int, stop: int) -> csr_array:
        """Reads of a range of samples.

        Parameters
        ----------
        start, stop : int
            First sample, and the first that is not read any more.

        Returns
        -------
        scipy.sparse.csr_array, shape (stop - start, features)
            The features of each sample in order.
        """
        return self._rows("sample", start, stop)

    def in_parts(
        self, parts: Iterable[slice], entries: int = ENTRIES
    ) -> Iterator[tuple[slice, csr_array]]:
        """Reads of one range of samples after another; short ranges are read together.

        A file's arrays are packed in pieces, and each is unpacked anew for every range that
        touches it.

        Parameters
        ----------
        parts : iterable of slice
            Each begins where the one before ends.
        entries : int
            Most entries that are read at once, or those of a single range with more.

        Yields
        ------
        part : slice
        reads : scipy.sparse.csr_array, shape (samples of the part, features)
        """
        for together in self._batches(list(parts), entries):
            start = together[0].start
            read = self.of_samples(start, together[-1].stop)
            for part in together:
                yield part, read[part.start - start : part.stop - start]

    def _batches(self, parts: list[slice], entries: int) -> Iterator[list[slice]]:
        import numpy as np

        edges = [part.start for part in parts] + [part.stop for part in parts[-1:]]
        ends = self._indptr["sample"][np.array(edges, dtype=int)]
        for first, last in row_ranges(ends, entries):
            yield parts[first:last]

    def of_some(
        self, chosen: NDArray[np.intp], entries: int = PIECE, side: Side = "sample"
    ) -> csr_array:
        """Reads of samples (or features) here and there; those close together are read together.

        Parameters
        ----------
        chosen : ndarray of int
            Their positions, in order.
        entries : int
            Most entries from one that is read to the last one that is read with it.
        side : {"sample", "observation"}

        Returns
        -------
        scipy.sparse.csr_array, shape (chosen, ids of the other side)
        """
        import numpy as np
        from scipy.sparse import csr_array, vstack

        rows = [self._rows(side, 0, 0)]
        ends = self._indptr[side][np.append(0, chosen + 1)]
        for first, last in row_ranges(ends, entries):
            near = chosen[first:last]
            rows.append(self._rows(side, int(near[0]), int(near[-1]) + 1)[near - near[0]])
        return csr_array(vstack(rows))

    def of_features(self, start: int, stop: int) -> csr_array:
        """Reads of a range of features, shape (stop - start, samples); else as `of_samples`."""
        return self._rows("observation", start, stop)

    def slices(self, side: Side, entries: int = ENTRIES) -> Iterator[tuple[int, int]]:
        """Ranges of rows of one side that hold up to so many entries, or a single row with more.

        Yields
        ------
        start, stop : int
            Each range begins where the one before ends, and all together are all rows.
        """
        return row_ranges(self._indptr[side], entries)

    @cached_property
    def _indptr(self) -> dict[str, NDArray[np.int64]]:
        sides = ("observation", "sample")
        return {side: self.handle[f"{side}/matrix/indptr"][()].astype("i8") for side in sides}

    def _rows(self, side: Side, start: int, stop: int) -> csr_array:
        from scipy.sparse import csr_array

        indptr = self._indptr[side][start : stop + 1]
        part = slice(int(indptr[0]), int(indptr[-1]))
        matrix = self.handle[f"{side}/matrix"]
        width = self.shape[1 if side == "observation" else 0]
        ends = (indptr - indptr[0]).astype("i4")
        return csr_array(
            (matrix["data"][part], matrix["indices"][part], ends), shape=(len(ends) - 1, width)
        )


@contextmanager
def sliced(path: str | os.PathLike[str]) -> Iterator[SlicedTable]:
    """Open a BIOM 2.1 table that this project wrote, to read slices of it.

    Examples
    --------
    >>> import tempfile
    >>> from scipy.sparse import csr_array
    >>> from tryptome.biom_parts import biom_parts
    >>> path = tempfile.mkdtemp() + "/table.biom"
    >>> with biom_parts(path, ["a", "b"], ["s", "t", "u"], "sample", "OTU table") as append:
    ...     append(csr_array([[1.0, 0.0], [0.0, 2.0]]))
    ...     append(csr_array([[3.0, 4.0]]))
    >>> with sliced(path) as table:
    ...     print(table.shape, table.samples, list(table.slices("sample", entries=2)))
    ...     print(table.of_samples(1, 3).toarray().tolist())
    (2, 3) ['s', 't', 'u'] [(0, 2), (2, 3)]
    [[0.0, 2.0], [3.0, 4.0]]
    """
    import h5py

    with h5py.File(path, "r") as handle:
        yield SlicedTable(handle)


def row_ranges(indptr: NDArray[np.integer[Any]], entries: int) -> Iterator[tuple[int, int]]:
    """Cut the rows of a sparse matrix into ranges of up to so many entries.

    Parameters
    ----------
    indptr : ndarray of int, shape (rows + 1,)
        Where each row begins.
    entries : int
        Most entries of a range; a row with more is a range of its own.

    Yields
    ------
    start, stop : int

    Examples
    --------
    >>> import numpy as np
    >>> list(row_ranges(np.array([0, 2, 4, 9, 10, 10]), 4))
    [(0, 2), (2, 3), (3, 5)]
    """
    import numpy as np

    start, rows = 0, len(indptr) - 1
    while start < rows:
        stop = int(np.searchsorted(indptr, indptr[start] + entries, side="right")) - 1
        stop = min(max(stop, start + 1), rows)
        yield start, stop
        start = stop
