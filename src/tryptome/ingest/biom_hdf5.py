"""Reading BIOM 2.x (HDF5): only what is needed, each array checked before it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tryptome.errors import EmptyTableError, FormatError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.hdf5_heaps import has_endless_heap
from tryptome.ingest.lineage import COLUMN_NAMES, join_levels, join_ranks, rank_columns
from tryptome.ingest.source import DAMAGED, held, opened

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray

    Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]

MAGIC = b"\x89HDF\r\n\x1a\n"

RANKS = "observation/group-metadata/ranks"

MAX_ENTRIES = 250_000_000
"""Most entries that one array of the file may declare."""

MAX_RATIO = 2000
"""Most bytes of an array for each byte that the file stores of it (gzip reaches about 1,000)."""

LARGE = 2**28
MAX_RATIO_LARGE = 100
"""Bytes above which an array is large, and its ratio; real counts are packed about ten times."""


def recognise(start: bytes) -> str | None:
    """HDF5 begins with its signature."""
    return "it begins with the signature of HDF5" if start.startswith(MAGIC) else None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a BIOM 2.x file.

    Raises
    ------
    FormatError
        It is damaged, is HDF5 but no BIOM, or its arrays contradict each other.
    """
    import h5py

    with path.open("rb") as plain:
        packed = not recognise(plain.read(len(MAGIC)))
    try:
        if not packed:
            with path.open("rb") as plain:
                _check_heaps(plain)
            with h5py.File(path, "r") as handle:
                return _read(handle, path)
        with opened(path) as stream:
            content = held(stream, path)
        _check_heaps(content)
        with h5py.File(content, "r") as handle:
            return _read(handle, path)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise FormatError(
            f"the BIOM file is damaged or truncated ({reason})", place=str(path), remedy=DAMAGED
        ) from error


READER = Reader("BIOM 2.x (HDF5)", recognise, read)


def _check_heaps(content: BinaryIO) -> None:
    if has_endless_heap(content):
        raise ValueError("a heap of its texts has an object without size")


def _read(handle: h5py.File, path: Path) -> Abundances:
    features = _texts(_array(handle, "observation/ids", path), path)
    samples = _texts(_array(handle, "sample/ids", path), path)
    if not features or not samples:
        raise EmptyTableError(
            f"the table holds {len(features)} features and {len(samples)} samples",
            place=str(path),
            remedy="export the table again, before it was filtered to nothing",
        )
    cells, notes = _cells(handle, (len(features), len(samples)), path)
    version = ".".join(map(str, handle.attrs.get("format-version", (2,))))
    return Abundances(
        cells=cells,
        features=features,
        samples=samples,
        lineages=_lineages(handle, len(features), path),
        place=str(path),
        format=f"BIOM {version} (HDF5)",
        notes=notes,
    )


def _cells(handle: h5py.File, shape: tuple[int, int], path: Path) -> tuple[Cells, tuple[str, ...]]:
    """Cells out of the file's copy by features, or out of that by samples if only it is right."""
    arrays = _matrix(handle, "observation", path)
    if not _is_stale(handle, arrays, shape):
        _check_sparse(*arrays, shape, path)
        return _sorted(*arrays, shape, path), ()
    arrays = _matrix(handle, "sample", path)
    _check_sparse(*arrays, shape[::-1], path)
    note = (
        "the file's matrix by features fits neither its ids nor its shape; its matrix by samples "
        "fits both, and was read"
    )
    return _sorted(*arrays, shape[::-1], path).transposed(), (note,)


def _matrix(handle: h5py.File, side: str, path: Path) -> Arrays:
    data, indices, indptr = (
        _array(handle, f"{side}/matrix/{name}", path) for name in ("data", "indices", "indptr")
    )
    return data, indices, indptr


def _is_stale(handle: h5py.File, arrays: Arrays, shape: tuple[int, int]) -> bool:
    """Tell whether the copy by features was left behind when samples were taken out.

    It is then whole in itself, while shape, number of entries and the copy by samples agree.
    """
    import h5py

    data, indices, indptr = arrays
    other = handle.get("sample/matrix/data")
    if not isinstance(other, h5py.Dataset) or not len(indptr):
        return False
    whole = len(data) == len(indices) == indptr[-1]
    declared = [*_attribute(handle, "shape"), *_attribute(handle, "nnz")]
    return bool(whole and len(data) != other.size and declared == [*shape, other.size])


def _attribute(handle: h5py.File, name: str) -> list[Any]:
    """Numbers of an attribute of the file; none where it holds something else, or is missing."""
    import numpy as np

    array = np.ravel(handle.attrs.get(name, []))
    return list(array.tolist()) if array.dtype.kind in "iuf" else []


def _array(handle: h5py.File, name: str, path: Path) -> NDArray[Any]:
    """Load an array, after checking that it is one, lies in this file and is of sane size."""
    import h5py

    group: Any = handle
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or part not in group:
            raise _malformed(f"it has no `{name}`", path)
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise _malformed(f"`{name}` is a link", path)
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.shape is None:
        raise _malformed(f"`{name}` is no array", path)
    if group.external or group.is_virtual:
        raise _malformed(f"`{name}` lies in another file", path)
    stored = group.id.get_storage_size()
    ratio = MAX_RATIO if group.nbytes <= LARGE else MAX_RATIO_LARGE
    if group.size > MAX_ENTRIES or group.nbytes > ratio * max(stored, 1):
        raise _malformed(
            f"`{name}` declares {group.size:,} entries and stores {stored:,} bytes", path
        )
    array: NDArray[Any] = group[()]
    return array


def _check_sparse(
    data: NDArray[Any],
    indices: NDArray[Any],
    indptr: NDArray[Any],
    shape: tuple[int, int],
    path: Path,
) -> None:
    """Check that the three arrays of a sparse matrix are of a kind and agree."""
    import numpy as np

    if any(array.ndim != 1 for array in (data, indices, indptr)):
        raise _malformed("its matrix is not sparse", path)
    if data.dtype.kind not in "iuf" or any(a.dtype.kind not in "iu" for a in (indices, indptr)):
        raise _malformed("its matrix does not hold numbers", path)
    if len(indptr) != shape[0] + 1 or len(data) != len(indices):
        raise _malformed("its matrix has another size than its ids", path)
    if indptr[0] != 0 or indptr[-1] != len(data) or (np.diff(indptr.astype(np.int64)) < 0).any():
        raise _malformed("the rows of its matrix do not add up to its entries", path)
    if len(indices) and (indices.min() < 0 or indices.max() >= shape[1]):
        raise _malformed("its matrix names samples that it does not have", path)


def _sorted(
    data: NDArray[Any],
    indices: NDArray[Any],
    indptr: NDArray[Any],
    shape: tuple[int, int],
    path: Path,
) -> Cells:
    """Cells with the columns of each row in order, each given once."""
    import numpy as np

    # The file may hold them unsigned, of which differences would wrap around.
    data, indices = data.astype(float, copy=False), indices.astype(np.int32, copy=False)
    indptr = indptr.astype(np.int64)
    rising = np.diff(indices) > 0
    starts = indptr[1:-1]
    rising[starts[(starts > 0) & (starts < len(indices))] - 1] = True
    if not rising.all():
        rows = np.repeat(np.arange(shape[0]), np.diff(indptr))
        order = np.lexsort((indices, rows))
        indices, data, rows = indices[order], data[order], rows[order]
        if ((np.diff(indices) == 0) & (np.diff(rows) == 0)).any():
            raise _malformed("its matrix gives the same cell more than once", path)
    return Cells(data, indices, indptr, shape)


def _texts(array: NDArray[Any], path: Path) -> list[str]:
    if array.size == 0:
        return []
    if array.ndim != 1 or array.dtype.kind not in "OSU":
        raise _malformed("its ids are not a list of texts", path)
    return [_text(item, path) for item in array]


def _text(item: object, path: Path) -> str:
    if isinstance(item, bytes):
        try:
            return item.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _malformed(f"`{item!r}` is not UTF-8", path) from error
    return str(item)


def _lineages(handle: h5py.File, size: int, path: Path) -> list[str] | None:
    """Lineages of the features, from a list of names or one text each."""
    import h5py

    annotations = handle["observation"].get("metadata")
    if not isinstance(annotations, h5py.Group):
        return None
    names = [name for name in annotations if name.strip().lower() in COLUMN_NAMES]
    if not names:
        return None
    array = _array(handle, f"observation/metadata/{names[0]}", path)
    if array.dtype.kind not in "OSU" or array.ndim not in (1, 2) or len(array) != size:
        raise _malformed(f"`observation/metadata/{names[0]}` holds no lineages", path)
    if array.ndim == 1:
        return [_text(item, path) for item in array]
    ranks = _ranks(handle, array.shape[1], path)
    if ranks:
        prefixes = list(ranks.values())
        return [join_ranks([_text(row[i], path) for i in ranks], prefixes) for row in array]
    return [join_levels([_text(level, path) for level in row]) for row in array]


def _ranks(handle: h5py.File, levels: int, path: Path) -> dict[int, str]:
    """Levels that are ranks, and their prefixes, where a file names them, as taxpasta's do."""
    if RANKS not in handle:
        return {}
    array = _array(handle, RANKS, path)
    names = _text(array[0], path).split(";") if array.shape == (1,) else []
    found = rank_columns(names) if len(names) == levels else {}
    # Below a domain, references of 16S have no kingdom.
    return {i: prefix for i, prefix in found.items() if prefix != "k__" or i == min(found)}


def _malformed(what: str, path: Path) -> FormatError:
    return FormatError(
        f"the file is HDF5 but no sound BIOM table: {what}",
        place=str(path),
        remedy="export the table again with biom-format or QIIME 2, or give it as TSV",
    )
