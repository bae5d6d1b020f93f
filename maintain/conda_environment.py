"""``envs/tryptome.yaml``: the environment of the rules for ``--sdm conda``, out of the lock."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "envs" / "tryptome.yaml"
PYTHON = "3.12"

NOT_IN_RULES = {
    *("editables", "hatchling", "pygments", "snakemake", "snakemake-storage-plugin-http"),
}
"""Requirements of installing, of Snakemake's own report, and of the process that plans jobs."""

CONDA_NAMES = {"matplotlib": "matplotlib-base"}
"""Packages of another name on conda-forge or bioconda."""

HEADER = """\
# Environment of the rules for `--sdm conda`: the versions of requirements/base.txt.
# `make lock` writes it; a test holds the two together.
"""


def environment(requirements: str, lock: str) -> str:
    """Write the environment.

    Parameters
    ----------
    requirements : str
        Content of ``base.in``: what is asked for by name.
    lock : str
        Content of ``base.txt``: the versions chosen.

    Returns
    -------
    str
        A conda environment in YAML.
    """
    versions = locked(lock)
    asked = re.findall(r"^([A-Za-z0-9_-]+)", requirements, flags=re.MULTILINE)
    pins = {CONDA_NAMES.get(name, name): versions[name] for name in set(asked) - NOT_IN_RULES}
    lines = [f"  - python ={PYTHON}", *(f"  - {name} ={pins[name]}" for name in sorted(pins))]
    channels = "channels:\n  - conda-forge\n  - bioconda\n  - nodefaults\n"
    return f"{HEADER}{channels}dependencies:\n" + "\n".join(lines) + "\n"


def locked(lock: str) -> dict[str, str]:
    r"""Version of each package in a lock, for the Python of the environment.

    Examples
    --------
    >>> locked("numpy==2.4 ; python_full_version < '3.12' \\ \nnumpy==2.5 \\ ")
    {'numpy': '2.5'}
    """
    older = "python_full_version < '3.12'"
    lines = [line for line in lock.splitlines() if "==" in line and older not in line]
    return dict(line.split()[0].split("==") for line in lines)


if __name__ == "__main__":
    folder = ROOT / "requirements"
    ENVIRONMENT.write_text(
        environment((folder / "base.in").read_text(), (folder / "base.txt").read_text())
    )
