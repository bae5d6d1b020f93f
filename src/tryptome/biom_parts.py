"""Writing a BIOM table part by part, so that memory does not grow with it.

BIOM 2.1 holds a matrix twice, by features and by samples. Parts arrive as rows of one
of the two; what is needed for the other waits in a file without a name, which is in
memory while it is small.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from tryptome.atomic import whole
from tryptome.biom_slices import ENTRIES, PIECE, Side, row_ranges
from tryptome.tables import EPOCH

if TYPE_CHECKING:
    import h5py
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

PACKING = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
"""Bytes of like weight are packed together, by which the quickest level packs best."""

IN_MEMORY = 2**26
"""Bytes above which what waits is kept in a file."""


@contextmanager
def biom_parts(
    path: str | os.PathLike[str],
    features: Sequence[str],
    samples: Sequence[str],
    side: Side,
    kind: str,
) -> Iterator[Callable[[csr_array], None]]:
    """Write a BIOM 2.1 table part by part, whole or not at all, the same bytes each time.

    Parameters
    ----------
    path : path-like
    features, samples : sequence of str
        Ids.
    side : {"observation", "sample"}
        What the rows of the parts are: features or samples.
    kind : str
        ``type`` of the table, for example ``OTU table``.

    Yields
    ------
    callable
        Appends the next rows: a ``csr_array``, shape (rows, ids of the other side), with
        sorted columns. Zeros are not stored. All parts together have all rows.

    Raises
    ------
    OutputError
        The file cannot be written.
    ValueError
        The parts have other rows than there are ids.
    """
    import h5py

    other: Side = "observation" if side == "sample" else "sample"
    ids = {"observation": features, "sample": samples}
    with (
        whole(path) as partial,
        h5py.File(partial, "w") as handle,
        Turned(len(ids[other]), Path(path).parent) as turned,
    ):
        for name in ("observation", "sample"):
            _frame(handle, name, ids[name])
        rows = _Rows(handle[side])

        def append(part: csr_array) -> None:
            part = _without_zeros(part)
            rows.append(part)
            turned.append(part)

        yield append
        if turned.rows != len(ids[side]):
            raise ValueError(f"{turned.rows} rows for {len(ids[side])} ids")
        columns = _Rows(handle[other])
        for part in turned.parts():
            columns.append(part)
        _end(handle, kind, (len(features), len(samples)), rows, columns)


def _frame(handle: h5py.File, side: str, ids: Sequence[str]) -> None:
    """Groups of one side, and its ids."""
    import h5py

    for name in ("metadata", "group-metadata", "matrix"):
        handle.create_group(f"{side}/{name}")
    texts = [name.encode() for name in ids]
    handle[side].create_dataset("ids", data=texts, dtype=h5py.string_dtype(), compression="gzip")


def _end(handle: h5py.File, kind: str, shape: tuple[int, int], rows: _Rows, columns: _Rows) -> None:
    """Row ends of both sides, and what the table says of itself."""
    for side in (rows, columns):
        side.end()
    handle.attrs.update(
        {
            "id": "No Table ID",
            "type": kind,
            "format-url": "http://biom-format.org",
            "format-version": (2, 1),
            "generated-by": "tryptome",
            "creation-date": EPOCH.isoformat(),
            "shape": shape,
            "nnz": rows.entries,
        }
    )


def _without_zeros(part: csr_array) -> csr_array:
    if not part.data.all():
        part = part.copy()
        part.eliminate_zeros()
    return part


class _Rows:
    """The three arrays of one side, which grow."""

    def __init__(self, group: h5py.Group) -> None:
        self._group = group["matrix"]
        self._counts: list[NDArray[np.integer[Any]]] = []
        self.entries = 0
        for name, kind in (("data", "f8"), ("indices", "i4")):
            self._group.create_dataset(
                name, (0,), kind, maxshape=(None,), chunks=(PIECE,), **PACKING
            )

    def append(self, part: csr_array) -> None:
        import numpy as np

        stop = self.entries + part.nnz
        for name, values in (("data", part.data), ("indices", part.indices)):
            self._group[name].resize((stop,))
            self._group[name][self.entries : stop] = values
        self._counts.append(np.diff(part.indptr))
        self.entries = stop

    def end(self) -> None:
        import numpy as np

        ends = np.cumsum(np.concatenate([[0], *self._counts]), dtype=np.int64)
        self._group.create_dataset("indptr", data=ends.astype("i4"), **PACKING)


class Turned:
    """Parts of a matrix by rows, to be read again by columns.

    Each part is kept by columns: its column ends, row numbers and values. A range of
    columns of the whole is then the same range of all parts.

    Parameters
    ----------
    width : int
        Number of columns.
    folder : path
        Where the file without a name is, in which parts wait.
    """

    def __init__(self, width: int, folder: Path) -> None:
        import numpy as np

        self._counts = np.zeros(width, dtype=np.int64)
        self._folder = folder
        self._at: list[tuple[int, int, int]] = []
        self.rows = 0
        """Rows of all parts so far."""

    def __enter__(self) -> Turned:
        self._file = SpooledTemporaryFile(IN_MEMORY, dir=str(self._folder))
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, part: csr_array) -> None:
        """Keep the next rows."""
        import numpy as np

        turned = part.tocsc()
        self._at.append((self._file.tell(), self.rows, turned.nnz))
        for array, kind in ((turned.indptr, "i4"), (turned.indices, "i4"), (turned.data, "f8")):
            self._file.write(np.ascontiguousarray(array, kind).data)
        self._counts += np.diff(turned.indptr)
        self.rows += part.shape[0]

    def parts(self, most: int | None = None) -> Iterator[csr_array]:
        """All columns, as rows of matrices of up to so many entries (else as many as usual)."""
        import numpy as np

        ends = np.concatenate([[0], np.cumsum(self._counts)])
        for start, stop in row_ranges(ends, ENTRIES if most is None else most):
            yield self._columns(start, stop)

    def _columns(self, start: int, stop: int) -> csr_array:
        import numpy as np
        from scipy.sparse import csr_array

        numbers, places, values = zip(
            *(self._piece(at, start, stop) for at in self._at), strict=True
        )
        # Rows rise from part to part, and SciPy keeps the order within a column.
        return csr_array(
            (np.concatenate(values), (np.concatenate(numbers), np.concatenate(places))),
            shape=(stop - start, self.rows),
        )

    def _piece(
        self, at: tuple[int, int, int], start: int, stop: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Columns (counted from the first), rows and values of a part within a range of columns."""
        import numpy as np

        place, first_row, entries = at
        ends = self._read(place, start, stop + 1, "i4")
        low, high = int(ends[0]), int(ends[-1])
        place += 4 * (len(self._counts) + 1)
        rows = self._read(place, low, high, "i4")
        values = self._read(place + 4 * entries, low, high, "f8")
        columns = np.repeat(np.arange(stop - start, dtype=np.int32), np.diff(ends))
        return columns, rows + np.int32(first_row), values

    def _read(self, place: int, start: int, stop: int, kind: str) -> NDArray[Any]:
        import numpy as np

        dtype = np.dtype(kind)
        self._file.seek(place + start * dtype.itemsize)
        return np.frombuffer(self._file.read((stop - start) * dtype.itemsize), dtype)
