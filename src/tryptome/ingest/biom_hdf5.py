"""Reading BIOM 2.x (HDF5): only what is needed, each array checked before it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.errors import EmptyTableError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.biom_matrix import read_matrix
from tryptome.ingest.hdf5_arrays import MAGIC, array, malformed, open_hdf5
from tryptome.ingest.lineage import COLUMN_NAMES, join_levels, join_ranks, rank_columns

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray

RANKS = "observation/group-metadata/ranks"


def recognise(start: bytes) -> str | None:
    """HDF5 begins with its signature."""
    return "it begins with the signature of HDF5" if start.startswith(MAGIC) else None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a BIOM 2.x file; the matrix of a large one stays there.

    Raises
    ------
    FormatError
        It is damaged, is HDF5 but no BIOM, or its arrays contradict each other.
    """
    with open_hdf5(path) as handle:
        return _read(handle, path)


READER = Reader("BIOM 2.x (HDF5)", recognise, read)


def _read(handle: h5py.File, path: Path) -> Abundances:
    features = _texts(array(handle, "observation/ids", path), path)
    samples = _texts(array(handle, "sample/ids", path), path)
    if not features or not samples:
        raise EmptyTableError(
            f"the table holds {len(features)} features and {len(samples)} samples",
            place=str(path),
            remedy="export the table again, before it was filtered to nothing",
        )
    cells, notes = read_matrix(handle, (len(features), len(samples)), path)
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


def _texts(array: NDArray[Any], path: Path) -> list[str]:
    if array.size == 0:
        return []
    if array.ndim != 1 or array.dtype.kind not in "OSU":
        raise malformed("its ids are not a list of texts", path)
    return [_text(item, path) for item in array]


def _text(item: object, path: Path) -> str:
    if isinstance(item, bytes):
        try:
            return item.decode("utf-8")
        except UnicodeDecodeError as error:
            raise malformed(f"`{item!r}` is not UTF-8", path) from error
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
    named = array(handle, f"observation/metadata/{names[0]}", path)
    if named.dtype.kind not in "OSU" or named.ndim not in (1, 2) or len(named) != size:
        raise malformed(f"`observation/metadata/{names[0]}` holds no lineages", path)
    if named.ndim == 1:
        return [_text(item, path) for item in named]
    ranks = _ranks(handle, named.shape[1], path)
    if ranks:
        prefixes = list(ranks.values())
        return [join_ranks([_text(row[i], path) for i in ranks], prefixes) for row in named]
    return [join_levels([_text(level, path) for level in row]) for row in named]


def _ranks(handle: h5py.File, levels: int, path: Path) -> dict[int, str]:
    """Levels that are ranks, and their prefixes, where a file names them, as taxpasta's do."""
    if RANKS not in handle:
        return {}
    named = array(handle, RANKS, path)
    names = _text(named[0], path).split(";") if named.shape == (1,) else []
    found = rank_columns(names) if len(names) == levels else {}
    # Below a domain, references of 16S have no kingdom.
    return {i: prefix for i, prefix in found.items() if prefix != "k__" or i == min(found)}
