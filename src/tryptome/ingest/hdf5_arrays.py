"""Arrays of an HDF5 file that nobody vouches for: each is checked before it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tryptome.errors import FormatError
from tryptome.ingest.hdf5_heaps import has_endless_heap
from tryptome.ingest.source import DAMAGED, held, opened

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray

MAGIC = b"\x89HDF\r\n\x1a\n"

MAX_ENTRIES = 250_000_000
"""Most entries that one array of the file may declare."""

MAX_RATIO = 2000
"""Most bytes of an array for each byte that the file stores of it (gzip reaches about 1,000)."""

LARGE = 2**28
MAX_RATIO_LARGE = 100
"""Bytes above which an array is large, and its ratio; real counts are packed about ten times."""


@contextmanager
def open_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open a file that may be packed; what the library says of it is an error of the user's.

    Raises
    ------
    FormatError
        It is damaged (also raised while it is read).
    """
    import h5py

    with path.open("rb") as plain:
        packed = plain.read(len(MAGIC)) != MAGIC
    try:
        with ExitStack() as stack:
            content: BinaryIO = stack.enter_context(path.open("rb"))
            if packed:
                content = held(stack.enter_context(opened(path)), path)
            _check_heaps(content)
            yield stack.enter_context(h5py.File(content if packed else path, "r"))
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise FormatError(
            f"the BIOM file is damaged or truncated ({reason})", place=str(path), remedy=DAMAGED
        ) from error


def _check_heaps(content: BinaryIO) -> None:
    if has_endless_heap(content):
        raise ValueError("a heap of its texts has an object without size")


def array(handle: h5py.File, name: str, path: Path) -> NDArray[Any]:
    """Load an array that has been checked."""
    loaded: NDArray[Any] = checked(handle, name, path)[()]
    return loaded


def checked(handle: h5py.File, name: str, path: Path) -> h5py.Dataset:
    """Find an array, after checking that it is one, lies in this file and is of sane size.

    Parameters
    ----------
    handle : h5py.File
    name : str
        Its path within the file.
    path : pathlib.Path
        The file, for messages.

    Raises
    ------
    FormatError
        There is none, or it is not to be loaded.
    """
    import h5py

    group: Any = handle
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or part not in group:
            raise malformed(f"it has no `{name}`", path)
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise malformed(f"`{name}` is a link", path)
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.shape is None:
        raise malformed(f"`{name}` is no array", path)
    if group.external or group.is_virtual:
        raise malformed(f"`{name}` lies in another file", path)
    stored = group.id.get_storage_size()
    ratio = MAX_RATIO if group.nbytes <= LARGE else MAX_RATIO_LARGE
    if group.size > MAX_ENTRIES or group.nbytes > ratio * max(stored, 1):
        raise malformed(
            f"`{name}` declares {group.size:,} entries and stores {stored:,} bytes", path
        )
    return group


def malformed(what: str, path: Path) -> FormatError:
    """Error for a file of HDF5 that is no table."""
    return FormatError(
        f"the file is HDF5 but no sound BIOM table: {what}",
        place=str(path),
        remedy="export the table again with biom-format or QIIME 2, or give it as TSV",
    )
