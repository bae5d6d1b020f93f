"""The matrix of a BIOM 2.x file: loaded where it is small, else read part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import ENTRIES, row_ranges
from tryptome.ingest.cells import Cells, Rows
from tryptome.ingest.hdf5_arrays import array, checked, malformed, open_hdf5

if TYPE_CHECKING:
    import h5py
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Stored(Rows):
    """A matrix that stays in its file, which is opened anew for each reading of it.

    Attributes
    ----------
    path : pathlib.Path
    side : str
        ``observation`` or ``sample``: what the rows are.
    indptr : numpy.ndarray of int, shape (rows + 1,)
        Where each row begins.
    shape : tuple of int
        Rows and columns.
    """

    path: Path
    side: str
    indptr: NDArray[np.int64]
    shape: tuple[int, int]

    def parts(self) -> Iterator[Cells]:
        """All rows in their order, in parts of bounded size.

        Raises
        ------
        FormatError
            The file is damaged, or its arrays contradict each other.
        """
        with open_hdf5(self.path) as handle:
            for start, stop in row_ranges(self.indptr, ENTRIES):
                yield self.rows(handle, start, stop)

    def rows(self, handle: h5py.File, start: int, stop: int) -> Cells:
        """Load a range of rows, with the columns of each in order."""
        import numpy as np

        part = slice(int(self.indptr[start]), int(self.indptr[stop]))
        group = handle[f"{self.side}/matrix"]
        data, indices = group["data"][part], group["indices"][part]
        if len(indices) and (indices.min() < 0 or indices.max() >= self.shape[1]):
            raise malformed("its matrix names samples that it does not have", self.path)
        # The file may hold them unsigned, of which differences would wrap around.
        indices = indices.astype(np.int32, copy=False)
        ends = self.indptr[start : stop + 1] - part.start
        cells = Cells(data.astype(float, copy=False), indices, ends, (stop - start, self.shape[1]))
        return _sorted(cells, self.path)

    def matrix(self) -> csr_matrix:
        """Give all of it as SciPy's matrix."""
        with open_hdf5(self.path) as handle:
            return self.rows(handle, 0, self.shape[0]).matrix()


def read_matrix(
    handle: h5py.File, shape: tuple[int, int], path: Path
) -> tuple[Rows, tuple[str, ...]]:
    """Read the copy by features, or that by samples if only it is right.

    Parameters
    ----------
    handle : h5py.File
    shape : tuple of int
        Numbers of ids: features and samples.
    path : pathlib.Path
        The file.

    Returns
    -------
    cells : Rows
        Features x samples.
    notes : tuple of str
        What a user should know of it.

    Raises
    ------
    FormatError
        Its arrays are no matrix of that shape.
    """
    if not _is_stale(handle, shape, path):
        stored = _stored(handle, "observation", shape, path)
        large = stored.indptr[-1] > ENTRIES
        return (stored if large else stored.rows(handle, 0, shape[0])), ()
    stored = _stored(handle, "sample", shape[::-1], path)
    note = (
        "the file's matrix by features fits neither its ids nor its shape; its matrix by samples "
        "fits both, and was read"
    )
    return stored.rows(handle, 0, shape[1]).transposed(), (note,)


def _stored(handle: h5py.File, side: str, shape: tuple[int, int], path: Path) -> Stored:
    """One copy of the matrix, after checking that its three arrays are of a kind and agree."""
    import numpy as np

    data, indices, indptr = _arrays(handle, side, path)
    if any(found.ndim != 1 for found in (data, indices, indptr)):
        raise malformed("its matrix is not sparse", path)
    if data.dtype.kind not in "iuf" or any(a.dtype.kind not in "iu" for a in (indices, indptr)):
        raise malformed("its matrix does not hold numbers", path)
    if len(indptr) != shape[0] + 1 or len(data) != len(indices):
        raise malformed("its matrix has another size than its ids", path)
    ends = indptr.astype(np.int64)
    if ends[0] != 0 or ends[-1] != len(data) or (np.diff(ends) < 0).any():
        raise malformed("the rows of its matrix do not add up to its entries", path)
    return Stored(path, side, ends, shape)


def _arrays(
    handle: h5py.File, side: str, path: Path
) -> tuple[h5py.Dataset, h5py.Dataset, NDArray[Any]]:
    """Values and columns as they lie in the file, and row ends."""
    data, indices = (checked(handle, f"{side}/matrix/{name}", path) for name in ("data", "indices"))
    return data, indices, array(handle, f"{side}/matrix/indptr", path)


def _is_stale(handle: h5py.File, shape: tuple[int, int], path: Path) -> bool:
    """Tell whether the copy by features was left behind when samples were taken out.

    It is then whole in itself, while shape, number of entries and the copy by samples agree.
    """
    import h5py

    data, indices, indptr = _arrays(handle, "observation", path)
    other = handle.get("sample/matrix/data")
    if not isinstance(other, h5py.Dataset) or not len(indptr):
        return False
    whole = data.size == indices.size == indptr[-1]
    declared = [*_attribute(handle, "shape"), *_attribute(handle, "nnz")]
    return bool(whole and data.size != other.size and declared == [*shape, other.size])


def _attribute(handle: h5py.File, name: str) -> list[Any]:
    """Numbers of an attribute of the file; none where it holds something else, or is missing."""
    import numpy as np

    array = np.ravel(handle.attrs.get(name, []))
    return list(array.tolist()) if array.dtype.kind in "iuf" else []


def _sorted(cells: Cells, path: Path) -> Cells:
    """Give cells with the columns of each row in order, each given once."""
    import numpy as np

    indices, indptr = cells.indices, cells.indptr
    rising = np.diff(indices) > 0
    starts = indptr[1:-1]
    rising[starts[(starts > 0) & (starts < len(indices))] - 1] = True
    if rising.all():
        return cells
    rows = np.repeat(np.arange(cells.shape[0]), np.diff(indptr))
    order = np.lexsort((indices, rows))
    indices, rows = indices[order], rows[order]
    if ((np.diff(indices) == 0) & (np.diff(rows) == 0)).any():
        raise malformed("its matrix gives the same cell more than once", path)
    return Cells(cells.data[order], indices, indptr, cells.shape)
