"""Fingerprints of code and knowledge, so that a change reruns what depends on it.

Snakemake sees when a script changes, but not the library behind it. Each rule
therefore carries, as a parameter, a digest of the modules that its stage
imports, directly or not, and of the knowledge tables where it reads them.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from tryptome.paths import resource

PACKAGE = Path(__file__).resolve().parent.parent
DIGITS = 16

_IMPORT = re.compile(
    r"^\s*(?:from (tryptome[\w.]*) import (\([^)]*\)|.*)|import (tryptome[\w.]*))", re.MULTILINE
)
"""Imports as this library writes them: to parse its modules would take each run a third of a
second."""

_NAME = re.compile(r"\w+")


@cache
def fingerprint(stage: str) -> str:
    """Digest of the source of every tryptome module that a stage can import.

    Parameters
    ----------
    stage : str
        Name of a package under ``tryptome``, for example ``"estimate"``.

    Returns
    -------
    str
        16 hexadecimal digits; changes exactly when one of those files changes.
    """
    digest = hashlib.sha256()
    for path in sorted(_reachable(stage)):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]


@cache
def knowledge_fingerprint() -> str:
    """Digest of every file of the knowledge base."""
    return _digest_of(resource("knowledge"))


@cache
def prediction_fingerprint() -> str:
    """Digest of the coefficients that predict faecal metabolites, and of their accuracy."""
    return _digest_of(resource("prediction"))


@cache
def physiology_fingerprint() -> str:
    """Digest of the priors of the mass balance."""
    return _digest_of(resource("physiology"))


def _digest_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGITS]


def _reachable(stage: str) -> set[Path]:
    """Files of the stage's package, and all that they import of tryptome."""
    waiting = sorted((PACKAGE / stage).rglob("*"))
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file() or path.suffix == ".pyc":
            continue
        found.add(path)
        if path.suffix == ".py":
            waiting.extend(_imports(path))
    return found


@cache
def _imports(path: Path) -> list[Path]:
    names: set[str] = set()
    for module, inside, whole in _IMPORT.findall(path.read_text(encoding="utf-8")):
        names.update([whole] if whole else (f"{module}.{name}" for name in _NAME.findall(inside)))
    files = [file for name in sorted(names) for file in _files(name)]
    # What writes the version into its results is made again by another version.
    writes_version = not names.isdisjoint({"tryptome", "tryptome.__version__"})
    return [*files, PACKAGE / "__init__.py"] if writes_version else files


def _files(name: str) -> list[Path]:
    """Files that importing ``tryptome.a.b`` runs (``b`` may be a name in ``a``)."""
    parts = name.split(".")[1:]
    files = []
    for depth in range(1, len(parts) + 1):
        base = PACKAGE.joinpath(*parts[:depth])
        files += [base / "__init__.py", base.with_suffix(".py")]
    return [file for file in files if file.is_file()]
