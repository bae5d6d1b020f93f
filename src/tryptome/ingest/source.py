"""Opening an input file: what is no readable file is refused, and gzip is bounded."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tryptome.errors import FormatError, MissingFileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 65536
"""Bytes by which a format is recognised."""

MAX_EXPANDED = 4 * 2**30
"""Most bytes that one file may hold, unpacked."""

GZIP = b"\x1f\x8b"
DAMAGED = "fetch or export the file again: it is damaged or was cut off"


def existing(path: str | Path, role: str) -> Path:
    """Check that an input is a regular file that can be opened.

    Parameters
    ----------
    path : path-like
        The file.
    role : str
        What the file is to a user, for example ``"table"``.

    Raises
    ------
    MissingFileError
        It does not exist, is a folder or no regular file, or cannot be read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise MissingFileError(
                f"the {role} is a folder, not a file",
                place=str(path),
                remedy="name the file inside it",
            )
        if not path.exists():
            raise MissingFileError(
                f"the {role} does not exist", place=str(path), remedy=_nearest(path)
            )
        if not path.is_file():
            raise MissingFileError(
                f"the {role} is no regular file",
                place=str(path),
                remedy="copy its content to a file",
            )
        with path.open("rb"):
            return path
    except OSError as error:
        raise MissingFileError(
            f"the {role} cannot be read ({(error.strerror or str(error)).lower()})",
            place=str(path),
            remedy="check the permissions of the file and of its folders",
        ) from error


def _nearest(path: Path) -> str:
    """Suggest a file of a similar name in the same folder."""
    import difflib

    if not path.parent.is_dir():
        return f"check the path: the folder {path.parent} does not exist either"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean `{path.with_name(near[0])}`?" if near else "check the path"


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, unpacked where it is gzipped.

    Raises
    ------
    FormatError
        The gzip stream is damaged, or holds more than `MAX_EXPANDED` bytes
        (raised while reading).
    """
    with path.open("rb") as packed:
        if packed.peek(2)[:2] != GZIP:
            yield packed
            return
        with gzip.GzipFile(fileobj=packed) as unpacked:
            yield io.BufferedReader(_Bounded(unpacked, path))


class _Bounded(io.RawIOBase):
    """A gzip stream that raises typed errors, and ends at a stated size."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            size = self._stream.readinto(buffer)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(
                f"the gzip file is damaged or truncated ({error})",
                place=str(self._path),
                remedy=DAMAGED,
            ) from error
        self._count += size
        if self._count > MAX_EXPANDED:
            raise FormatError(
                f"the gzip file unpacks to more than {MAX_EXPANDED // 2**30} GiB",
                place=str(self._path),
                remedy="split the cohort, or give the table as BIOM 2.1",
            )
        return size


def head(path: Path) -> bytes:
    """First bytes of a file, unpacked."""
    with opened(path) as stream:
        return stream.read(HEAD)


@contextmanager
def text(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a UTF-8 text file, with or without a byte order mark, any line ends.

    Raises
    ------
    FormatError
        It is not UTF-8 text, or its quotes do not match (raised while reading).
    """
    start = head(path)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
        raise FormatError(
            "the file is UTF-16 or not text at all",
            place=str(path),
            remedy="save it as text in UTF-8 (in Excel: `CSV UTF-8`)",
        )
    with opened(path) as stream:
        wrapper = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            yield wrapper
        except UnicodeDecodeError as error:
            raise FormatError(
                f"the file is not UTF-8 text (byte {error.object[error.start]:#04x})",
                place=str(path),
                remedy="save it as text in UTF-8 (in Excel: `CSV UTF-8`)",
            ) from error
        except csv.Error as error:
            raise FormatError(
                f"the file cannot be split into fields ({error})",
                place=str(path),
                remedy="check that every quote has its partner",
            ) from error
        finally:
            wrapper.detach()
