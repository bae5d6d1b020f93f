"""Running a study again: its data, its configuration, the workflow, the verdicts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.atomic import write_text
from tryptome.paths import cohort_dir
from tryptome.studies.fetch import obtain
from tryptome.studies.measures import Results
from tryptome.studies.metadata import write_joined
from tryptome.studies.model import DATA, Study
from tryptome.studies.verdicts import verdicts
from tryptome.tables import write_tsv

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.config import Config

ENVIRONMENT = "TRYPTOME_DATA"
SEED = 1
CONFIDENCE = 0.95
VERDICTS = Path("results", "verdicts.tsv")
"""Beside the results of the study's run, so that its record holds them too."""


@dataclass(frozen=True)
class Prepared:
    """A study whose data are at hand.

    Attributes
    ----------
    name : str
    study : Study
    folder : pathlib.Path
        ``results/studies/NAME`` of the working directory; absolute.
    config : pathlib.Path
        The configuration that runs it.
    """

    name: str
    study: Study
    folder: Path
    config: Path

    @property
    def target(self) -> str:
        """What the workflow has to make, relative to the study's folder."""
        return (cohort_dir(self.name, "compare") / "contrasts.tsv").as_posix()


def prepare(name: str, study: Study, directory: Path, folder: Path | None) -> Prepared:
    """Get a study's data, checked, and write the configuration that runs it.

    Parameters
    ----------
    name : str
    study : Study
    directory : pathlib.Path
        Working directory, which gets ``results/studies/NAME``.
    folder : pathlib.Path or None
        Folder of data; by default what ``TRYPTOME_DATA`` names.

    Raises
    ------
    MissingFileError
        A file cannot be had, or has another checksum.
    """
    import yaml

    if folder is None and os.environ.get(ENVIRONMENT):
        folder = Path(os.environ[ENVIRONMENT])
    place = (directory / "results" / "studies" / name).resolve()
    files = {
        key: obtain(file, place / "data" / file.path, folder) for key, file in study.files.items()
    }
    for key, recipe in study.joined.items():
        target = place / "data" / f"{key}.tsv"
        write_joined(recipe, files, target)
        files[key] = target
    cohort: dict[str, Any] = study.cohort.model_dump(exclude_unset=True)
    for key in ("table", "taxonomy", "metadata"):
        path = cohort.get(key) or ""
        if path.startswith(DATA):
            cohort[key] = str(files[path.removeprefix(DATA)].resolve())
    config = place / "config.yaml"
    content = {"cohorts": {name: cohort}, "seed": SEED, "compare": {"confidence": CONFIDENCE}}
    write_text(config, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    return Prepared(name, study, place, config)


def conclude(prepared: Prepared) -> pd.DataFrame:
    """Hold the results of a run against the study's statements, and write ``verdicts.tsv``.

    Parameters
    ----------
    prepared : Prepared
        After the workflow has made its target.

    Returns
    -------
    DataFrame
        Of :func:`tryptome.studies.verdicts.verdicts`.
    """
    return _conclude(prepared.name, prepared.study, prepared.folder)


def conclude_again(study: str, config: Config, folder: Path) -> None:
    """Conclude in another folder, where results were computed anew.

    Parameters
    ----------
    study : str
        As :func:`describe` recorded it.
    config : Config
        Of the run, whose cohort is the study's.
    folder : pathlib.Path
        The working directory of the new run.
    """
    (name,) = config.cohorts
    _conclude(name, Study.model_validate_json(study), folder)


def describe(prepared: Prepared, *, begin: datetime, end: datetime) -> Path:
    """Write the record of a study's run and verdicts, which ``tryptome verify`` reads.

    Parameters
    ----------
    prepared : Prepared
        After :func:`conclude`.
    begin, end : datetime.datetime
        Times of the run, with their time zone.
    """
    from tryptome.config import load
    from tryptome.workflow import provenance

    config = load(prepared.config)
    provenance.record(prepared.folder, config, prepared.config, begin=begin, end=end, status=0)
    return provenance.describe_study(
        prepared.folder,
        config,
        prepared.study.model_dump_json(indent=2) + "\n",
        prepared.target,
        begin=begin,
        end=end,
    )


def _conclude(name: str, study: Study, folder: Path) -> pd.DataFrame:
    cohort = study.cohort
    results = Results(
        folder=folder / cohort_dir(name, "compare").parent,
        subject_column=cohort.subject_column,
        contrasts={key: one.model_dump() for key, one in (cohort.contrasts or {}).items()},
        seed=SEED,
        confidence=CONFIDENCE,
    )
    table = verdicts(name, study.statements, results)
    write_tsv(table, folder / VERDICTS)
    return table
