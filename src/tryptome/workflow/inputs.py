"""Every file that a configuration names, so that a run can be told from another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tryptome.config import Config
from tryptome.ingest.profiles import files_of
from tryptome.paths import locate

OF_COHORT = ("table", "taxonomy", "metadata", "sequences", "measured")


def input_files(config: Config) -> dict[str, str]:
    """Name the input files of a run.

    Parameters
    ----------
    config : Config

    Returns
    -------
    dict
        Path of each file, as the configuration writes it, by what it is to the
        run, as ``"mycohort: table"``. A folder is given by its files.
    """
    found: dict[str, str] = {}
    for role, path in _named(config):
        place = locate(path)
        if not place.is_dir():
            found[role] = path
            continue
        files = files_of(place) if role.endswith(": table") else _below(place)
        for file in files:
            name = file.relative_to(place).as_posix()
            found[f"{role}: {name}"] = f"{path}/{name}"
    return found


def _below(folder: Path) -> list[Path]:
    """Files of a folder and of the folders in it."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _named(config: Config) -> Iterator[tuple[str, str]]:
    for name in sorted(config.cohorts):
        for role in OF_COHORT:
            path = getattr(config.cohorts[name], role)
            if path is not None:
                yield f"{name}: {role}", path
    if config.estimate.prediction is not None:
        yield "prediction", config.estimate.prediction
    if config.evidence is not None:
        yield "evidence", config.evidence
    if config.genomes is not None:
        yield "genomes", config.genomes
        yield from _genomes(config.genomes)


def _genomes(sheet: str) -> Iterator[tuple[str, str]]:
    from tryptome.extend.tables import read_genomes

    for genome in read_genomes(Path(locate(sheet))):
        yield f"genome {genome.file}", genome.file
