"""Reading single files out of a zip archive that nobody vouches for; nothing is ever extracted."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO

from tryptome.errors import FormatError

ZIP = b"PK\x03\x04"

MAX_FILES = 20_000
"""Most files that an archive may hold."""

MAX_SIZE = 2**30
"""Most bytes that a file of an archive may unpack to."""

MAX_RATIO = 200
"""Most bytes that a byte of an archive may unpack to, above `SMALL` bytes."""

SMALL = 2**24

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def first_name(start: bytes) -> str:
    r"""Name of the first file of an archive, out of the archive's first bytes.

    Examples
    --------
    >>> first_name(b"PK\x03\x04" + bytes(22) + b"\x03\x00\x00\x00" + b"a/b...")
    'a/b'
    """
    size = int.from_bytes(start[26:28], "little")
    return start[30 : 30 + size].decode("utf-8", errors="replace")


@contextmanager
def archive(stream: BinaryIO, place: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive whose names, links and sizes have been checked.

    Parameters
    ----------
    stream : binary file
        Seekable.
    place : str
        The file, for messages.

    Raises
    ------
    FormatError
        The archive is damaged (also raised while it is read), names a file outside itself or
        one file twice, holds a link or an encrypted file, or unpacks to more than is allowed.
    """
    try:
        with zipfile.ZipFile(stream) as opened:
            _check(opened.infolist(), place)
            yield opened
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        UnicodeDecodeError,
    ) as error:
        raise FormatError(
            f"the zip archive is damaged or truncated ({error})",
            place=place,
            remedy="fetch or export the file again",
        ) from error


def content(opened: zipfile.ZipFile, name: str) -> io.BytesIO:
    """Content of one file of an archive, in memory.

    Raises
    ------
    KeyError
        The archive has no such file.
    """
    with opened.open(name) as member:
        return io.BytesIO(member.read(MAX_SIZE))


def _check(members: list[zipfile.ZipInfo], place: str) -> None:
    if len(members) > MAX_FILES:
        raise _refused(f"it holds {len(members):,} files", place)
    if len({member.filename for member in members}) < len(members):
        raise _refused("it holds two files of the same name", place)
    for member in members:
        for reason in _dangers(member):
            raise _refused(f"`{member.filename[:80]!r}` {reason}", place)


def _dangers(member: zipfile.ZipInfo) -> Iterator[str]:
    """Why a file of an archive is not to be read."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        yield "lies outside of the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        yield "is a link"
    if member.flag_bits & _ENCRYPTED:
        yield "is encrypted"
    if member.compress_type not in _METHODS:
        yield f"is packed by a method that is not read ({member.compress_type})"
    if member.file_size > MAX_SIZE:
        yield f"unpacks to more than {MAX_SIZE // 2**20:,} MiB"
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        yield f"unpacks to more than {MAX_RATIO} times its size"


def _refused(what: str, place: str) -> FormatError:
    return FormatError(
        f"the zip archive is not safe to read: {what}",
        place=place,
        remedy="get the file from a source that you trust, or export the table as BIOM or TSV",
    )
