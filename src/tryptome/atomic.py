"""Outputs that appear whole or not at all.

A file is written beside its destination under a name of its own and renamed when
complete, so that an interrupted run never leaves half a result. What a process that
was killed left under such a name is removed when the next run starts.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tryptome.errors import OutputError

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.partial(\.[^.]+)?")


@contextmanager
def whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path that becomes ``path`` when the block ends well.

    Parameters
    ----------
    path : path-like
        Destination. Its folder is made if it does not exist.

    Yields
    ------
    pathlib.Path
        Where to write, in the same folder (and with the same suffix, since
        some writers choose the format by it).

    Raises
    ------
    OutputError
        The destination cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole(target) as partial:
    ...     _ = partial.write_text("all of it")
    >>> target.read_text()
    'all of it'
    """
    target = Path(path)
    partial = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.partial{target.suffix}")
    try:
        with said_of(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder that becomes ``path`` when the block ends well.

    Parameters
    ----------
    path : path-like
        Destination. What it held before is replaced.

    Yields
    ------
    pathlib.Path
        An empty folder beside the destination.

    Raises
    ------
    OutputError
        The destination cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "figures"
    >>> with whole_folder(target) as partial:
    ...     _ = (partial / "a.txt").write_text("all of it")
    >>> [file.name for file in target.iterdir()]
    ['a.txt']
    """
    target = Path(path)
    partial, before = (
        target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial") for _ in range(2)
    )
    try:
        with said_of(target):
            partial.mkdir(parents=True)
            yield partial
            if target.exists():
                target.rename(before)  # at once: a kill leaves no half of it under its name
            partial.rename(target)
    finally:
        if before.exists() and not target.exists():  # the new one could not be put there
            before.rename(target)
        for left in (partial, before):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def said_of(target: Path) -> Iterator[None]:
    """Turn what the system says while ``target`` is written into an error of the user's."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write ({error.strerror or error})",
            place=str(target),
            remedy="check permissions and free space of the folder",
        ) from error


def clear_leftovers(folder: str | os.PathLike[str]) -> None:
    """Remove what processes that were killed left half-written below a folder.

    A job that outlived its run may fill its folder yet: what is left of that one then goes when
    this run ends well, or the next begins.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in (".a.00c0ffee.partial.txt", "a.txt"):
    ...     (folder / name).touch()
    >>> clear_leftovers(folder)
    >>> [file.name for file in folder.iterdir()]
    ['a.txt']
    """
    for parent, folders, files in os.walk(folder):
        for name in filter(LEFTOVER.fullmatch, folders):
            shutil.rmtree(Path(parent, name), ignore_errors=True)
        for name in filter(LEFTOVER.fullmatch, files):
            Path(parent, name).unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` as UTF-8 with LF line ends, whole or not at all."""
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
