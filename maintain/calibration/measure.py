"""All simulations of contrasts, one table a design, which an interrupted run leaves behind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import pandas as pd

from calibration import communities, deals, designs
from calibration.cohorts import FOLDERS, SEED, Cohort, load
from calibration.planted import coverage, power
from tryptome.tables import read_parquet, write_parquet

ROOT = Path(__file__).resolve().parents[2]

COVERAGE_OF = {
    "KIM, two groups": ("KIM", deals.groups),
    "HE, persons who repeat": ("HE", deals.of_persons),
}
COMPOSITIONS = 2
"""Contrasts of whole compositions for one of a design: these have two metrics, and not nine
quantities."""

PAIRED = 8
"""Contrasts of a design for one of taxa within persons, of which ANCOM-BC2 takes up to 9 s."""


class Make(Protocol):
    """Makes a table out of the cohorts."""

    def __call__(self, *, cohorts: Mapping[str, Cohort]) -> pd.DataFrame:
        """Simulate."""


@dataclass(frozen=True)
class Results:
    """What is measured.

    Attributes
    ----------
    null : pandas.DataFrame
        Of :func:`calibration.designs.dealt`, all designs.
    compositions, taxa : pandas.DataFrame
        Of :mod:`calibration.communities`.
    covered : dict of str to pandas.DataFrame
        Of :func:`calibration.planted.coverage`, by cohort.
    curve : pandas.DataFrame
        Of :func:`calibration.planted.power`.
    """

    null: pd.DataFrame
    compositions: pd.DataFrame
    taxa: pd.DataFrame
    covered: dict[str, pd.DataFrame]
    curve: pd.DataFrame


def tables(contrasts: int) -> dict[str, Make]:
    """Say how each table is made, so many contrasts a design: all numbers are set here."""
    found: dict[str, Make] = {}
    for at in range(len(designs.DESIGNS)):
        found[f"null {at}"] = partial(designs.dealt, number=at, contrasts=contrasts)
    for title, (name, deal) in COVERAGE_OF.items():
        found[f"covered {title}"] = partial(_coverage, name, deal, max(contrasts // 4, 8))
    found["curve"] = partial(_power, max(contrasts * 5 // 8, 20))
    for at, design in enumerate(communities.DESIGNS):
        count = COMPOSITIONS * contrasts
        found[f"compositions {at}"] = partial(communities.compositions, number=at, contrasts=count)
        few = max(contrasts // PAIRED, 1) if design.deal is deals.within else contrasts
        found[f"taxa {at}"] = partial(communities.taxa, number=at, contrasts=few)
    return found


def _coverage(
    name: str, deal: deals.Deal, times: int, cohorts: Mapping[str, Cohort]
) -> pd.DataFrame:
    return coverage(cohorts[name], deal, times)


def _power(times: int, cohorts: Mapping[str, Cohort]) -> pd.DataFrame:
    return power(cohorts["KIM"], times)


def measure(data: Path, contrasts: int, state: Path, workers: int) -> Results:
    """Simulate so many contrasts of each design.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``cohorts/``.
    contrasts : int
    state : pathlib.Path
        Where tables are kept; those of the same code and number are not made again.
    workers : int
        Processes side by side; results do not depend on it.
    """
    folder = state / f"{fingerprint()}-{SEED}-{contrasts}"
    folder.mkdir(parents=True, exist_ok=True)
    makes = tables(contrasts)
    pending = [name for name in makes if not _path(folder, name).exists()]
    if pending:
        cohorts = {name: load(name, data) for name in FOLDERS}
        jobs = [(makes[name], cohorts, _path(folder, name)) for name in pending]
        with get_context("spawn").Pool(workers) as pool:
            pool.starmap(_keep, jobs, chunksize=1)
    return _gathered({name: read_parquet(_path(folder, name)) for name in makes})


def _keep(make: Make, cohorts: Mapping[str, Cohort], path: Path) -> None:
    write_parquet(make(cohorts=cohorts), path)


def _gathered(found: Mapping[str, pd.DataFrame]) -> Results:
    def of(kind: str) -> dict[str, pd.DataFrame]:
        return {
            name.removeprefix(kind): one for name, one in found.items() if name.startswith(kind)
        }

    null, compositions, taxa = (
        pd.concat(of(kind).values(), ignore_index=True)
        for kind in ("null ", "compositions ", "taxa ")
    )
    return Results(null, compositions, taxa, of("covered "), found["curve"])


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '-').replace(',', '')}.parquet"


def fingerprint() -> str:
    """Digest of the code, so that figures are never of two versions of it."""
    digest = hashlib.sha256()
    for folder in (ROOT / "src", ROOT / "maintain" / "calibration"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
