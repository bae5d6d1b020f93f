"""Opening an input file: what cannot be read is refused, and what is packed is unpacked, bounded.

Gzip is unpacked wherever it is found, and of a QIIME 2 artifact the file with its data is read.
"""

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
from tryptome.ingest.archive import ZIP
from tryptome.ingest.artifact import is_artifact, open_artifact

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 65536
"""Bytes by which a format is recognised."""

MAX_EXPANDED = 4 * 2**30
"""Most bytes that one file may hold, unpacked."""

MAX_HELD = 2**30
"""Most bytes of an unpacked file that are held in memory."""

MAX_LINE = 2**26
"""Most characters of a line of text."""

MAX_RATIO = 500
"""Most bytes that a byte of gzip may unpack to, above `SMALL` bytes (tables of zeros reach 200)."""

SMALL = 2**26

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
    """Open the content of a file for reading bytes: unpacked, and out of its artifact.

    Raises
    ------
    FormatError
        The gzip stream is damaged, or unpacks to more than is allowed (both raised while
        reading); or the file is a zip archive and no sound QIIME 2 artifact.
    """
    with _unpacked(path) as stream:
        start = stream.peek(HEAD)
        if not start.startswith(ZIP):
            yield stream
        elif is_artifact(start):
            with open_artifact(_seekable(stream, path), str(path)) as (_, data):
                yield data
        else:
            raise FormatError(
                "the file is a zip archive, and neither a QIIME 2 artifact nor an Excel workbook",
                place=str(path),
                remedy="unpack it, and give the file inside",
            )


@contextmanager
def seekable(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is read out of order, as an archive is; unpacked where it is gzipped."""
    with _unpacked(path) as stream:
        yield _seekable(stream, path)


def _seekable(stream: io.BufferedReader, path: Path) -> BinaryIO:
    return held(stream, path) if isinstance(stream.raw, _Bounded) else stream


def held(stream: BinaryIO, path: Path) -> io.BytesIO:
    """Read the rest of a stream into memory.

    Raises
    ------
    FormatError
        It is longer than `MAX_HELD` bytes.
    """
    content = io.BytesIO()
    # Asked for all at once, Python would reserve the most that there could be.
    while piece := stream.read(HEAD):
        content.write(piece)
        if content.tell() > MAX_HELD:
            raise FormatError(
                f"the file unpacks to more than {MAX_HELD // 2**20:,} MiB, and is not read in "
                "order",
                place=str(path),
                remedy="unpack it first, if you trust it",
            )
    content.seek(0)
    return content


@contextmanager
def _unpacked(path: Path) -> Iterator[io.BufferedReader]:
    with _file(path) as packed:
        if packed.peek(2)[:2] != GZIP:
            yield packed
            return
        size = path.stat().st_size
        with gzip.GzipFile(fileobj=packed) as unpacked:
            yield io.BufferedReader(_Bounded(unpacked, size, path), HEAD)


class _File(io.FileIO):
    """A file whose reads, where the disk or the network fails, raise typed errors."""

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        with self._said():
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with self._said():
            return super().readall()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MissingFileError(
                f"the file cannot be read to its end ({(error.strerror or str(error)).lower()})",
                place=str(self.name),
                remedy="copy the file to another disk, and give the copy",
            ) from error


def _file(path: Path) -> io.BufferedReader:
    return io.BufferedReader(_File(path), HEAD)


class _Bounded(io.RawIOBase):
    """A gzip stream that raises typed errors, and ends at a stated size."""

    def __init__(self, stream: gzip.GzipFile, packed: int, path: Path) -> None:
        self._stream = stream
        self._most = min(MAX_EXPANDED, max(SMALL, MAX_RATIO * packed))
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
        if self._count > self._most:
            raise FormatError(
                f"the gzip file unpacks to more than {self._most // 2**20:,} MiB (of one byte, "
                f"more than {MAX_RATIO}; or of all, more than {MAX_EXPANDED // 2**30} GiB)",
                place=str(self._path),
                remedy="give the table as BIOM 2.1, or unpack the file yourself if you trust it",
            )
        return size


def signature(path: Path) -> bytes:
    """First bytes of a file, unpacked where it is gzipped, by which its format is recognised."""
    with _unpacked(path) as stream:
        return stream.read(HEAD)


def head(path: Path) -> bytes:
    """First bytes of a file's content."""
    with opened(path) as stream:
        return stream.read(HEAD)


class _Text(io.TextIOWrapper):
    """Text whose lines are of bounded length."""

    def __next__(self) -> str:  # type: ignore[override]
        line = self.readline(MAX_LINE)
        if len(line) == MAX_LINE:
            raise csv.Error(f"a line has more than {MAX_LINE // 2**20} million characters")
        if not line:
            raise StopIteration
        return line


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
        wrapper = _Text(stream, encoding="utf-8-sig", newline="")
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
