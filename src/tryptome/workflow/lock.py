"""One run at a time in one folder.

Snakemake's own lock survives a kill -9 and then keeps everybody out. This one
is the operating system's: it ends with the last process that holds it. It also
tells whether a lock of Snakemake's that is still there was left by a run of
ours that died; only such a one is cleared.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tryptome.errors import OutputError

LOCK = Path(".snakemake", "tryptome.lock")
SNAKEMAKE_LOCKS = Path(".snakemake", "locks")


@contextmanager
def sole_run(directory: Path) -> Iterator[int]:
    """Keep every other run out of a folder while the block runs.

    Parameters
    ----------
    directory : pathlib.Path
        Working directory of the run; it is made if it does not exist.

    Yields
    ------
    int
        Descriptor of the lock. A process that inherits it holds the lock too.

    Raises
    ------
    OutputError
        Another run is going on in the folder, or it cannot be written.
    """
    descriptor = _open(directory)
    try:
        _acquire(descriptor, directory)
        _clear_stale(descriptor, directory)
        # What is written here stays when this process is killed, and so tells
        # the next one whose lock of Snakemake's it finds.
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        try:
            yield descriptor
        finally:
            if not _snakemake_locks(directory):
                os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _open(directory: Path) -> int:
    path = directory / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        results = directory / "results"
        for folder in (results, results / "cohorts", *_folders(results / "cohorts")):
            if folder.exists() and not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
            if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(
            f"results cannot be written here ({error.strerror})",
            place=str(error.filename or directory),
            remedy="name a folder that you can write to with --directory",
        ) from error


def _folders(cohorts: Path) -> list[Path]:
    return sorted(path for path in cohorts.glob("*") if path.is_dir())


def _acquire(descriptor: int, directory: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise OutputError(
            f"another run is going on in this folder (process {holder})",
            place=str(directory.resolve()),
            remedy="wait until it ends, or name another folder with --directory",
        ) from error


def _clear_stale(descriptor: int, directory: Path) -> None:
    left = _snakemake_locks(directory)
    if left and not os.fstat(descriptor).st_size:
        raise OutputError(
            "Snakemake's own lock is held in this folder, by a run that was not started by "
            "`tryptome run`",
            place=str(directory.resolve()),
            remedy="wait until it ends; if none is alive, run `snakemake --unlock` there",
        )
    for path in left:
        path.unlink(missing_ok=True)


def _snakemake_locks(directory: Path) -> list[Path]:
    return sorted((directory / SNAKEMAKE_LOCKS).glob("*.lock"))
