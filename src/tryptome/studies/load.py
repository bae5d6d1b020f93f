"""Finding and reading a study."""

from __future__ import annotations

import difflib
from pathlib import Path

from tryptome.config.load import read_yaml, validate
from tryptome.errors import MissingFileError
from tryptome.paths import share
from tryptome.studies.model import Study


def names() -> list[str]:
    """Names of the studies that ship, sorted.

    Examples
    --------
    >>> "david2014" in names()
    True
    """
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def load(name: str) -> tuple[str, Study]:
    """Read a study.

    Parameters
    ----------
    name : str
        One that ships, or the path of a file of your own.

    Returns
    -------
    tuple of str and Study
        Its name and what it says.

    Raises
    ------
    MissingFileError
        There is no such study.
    ConfigError
        The file is not a study.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else _folder() / f"{name}.yaml"
    if not path.name.endswith((".yaml", ".yml")) or not path.is_file():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`? " if near else ""
        raise MissingFileError(
            f"there is no study `{name[:80]}`",
            remedy=f"{hint}there are: {', '.join(names())}; or give the path of a file",
        )
    content = read_yaml(path, "check the path")
    return path.stem, validate(Study, content, str(path))


def _folder() -> Path:
    return share() / "config" / "studies"
