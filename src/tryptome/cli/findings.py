"""What `check` and `run` find in the inputs of each cohort, with no run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.config import Cohort, Config
from tryptome.errors import ContrastError, MissingFileError, TryptomeError
from tryptome.paths import locate
from tryptome.vocabulary import RESOLVED
from tryptome.workflow.plan import prediction_files

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.ingest import Ingested


@dataclass(frozen=True)
class Naming:
    """How the taxa of a cohort are named, and how far the names are known.

    Attributes
    ----------
    nomenclature : str
    shares : dict of str to float
        Share of all reads in each tier.
    """

    nomenclature: str
    shares: Mapping[str, float]

    @property
    def resolved(self) -> float:
        """Share of reads resolved to a species, genus or family."""
        return sum(self.shares.get(tier, 0.0) for tier in RESOLVED)


@dataclass(frozen=True)
class Findings:
    """What was found in one cohort.

    Attributes
    ----------
    name : str
    config : Cohort
    cohort : Ingested or None
        None where the inputs cannot be used.
    naming : Naming or None
    measured : DataFrame, samples x metabolites, or None
        Where the configuration names a table of them that can be used.
    errors : list of TryptomeError
        What must be mended before a run.
    unsupported : list of ContrastError
        Levels of contrasts that no sample of this cohort has, and some sample of another:
        there the contrast is reported as not estimable, and the run goes on.
    """

    name: str
    config: Cohort
    cohort: Ingested | None = None
    naming: Naming | None = None
    measured: pd.DataFrame | None = None
    errors: list[TryptomeError] = field(default_factory=list)
    unsupported: list[ContrastError] = field(default_factory=list)


def read(cohort: Cohort) -> Ingested:
    """Read the inputs of a cohort, as the stage `ingest` does."""
    from tryptome.ingest import load_cohort

    def place(path: str | None) -> Path | None:
        return None if path is None else locate(path)

    return load_cohort(
        locate(cohort.table),
        place(cohort.taxonomy),
        place(cohort.metadata),
        place(cohort.sequences),
        **cohort.reading(),
    )


def validate(name: str, config: Cohort) -> Findings:
    """Read a cohort and check its contrasts, groups and numbers; problems are collected."""
    from tryptome.contrasts import contrast_errors
    from tryptome.estimate.given import misfits

    missing = list(_missing_files(config))
    if missing:
        return Findings(name, config, errors=missing)
    try:
        cohort = read(config)
    except TryptomeError as error:
        return Findings(name, config, errors=[error])
    if config.metadata is None and len(cohort.samples.columns) == 1:
        return Findings(name, config, cohort, errors=_without_metadata(name, config))
    contrasts = _contrasts(config)
    source = f"metadata {locate(config.metadata or config.table)}"
    place = f"cohort {name}, {source}"
    errors = [
        *contrast_errors(contrasts, cohort.samples, groups=config.groups, place=place),
        *misfits(cohort.samples, place),
    ]
    return Findings(name, config, cohort, errors=errors)


def _missing_files(config: Cohort) -> Iterator[TryptomeError]:
    """Every input that does not exist: who wrote one path wrong may have written more so."""
    from tryptome.ingest.source import existing

    roles = {
        "table": config.table,
        "taxonomy": config.taxonomy,
        "metadata file": config.metadata,
        "file of sequences": config.sequences,
    }
    for role, path in roles.items():
        if path is None:
            continue
        try:
            if not locate(path).exists():
                existing(locate(path), role)
        except TryptomeError as error:
            yield error


def _without_metadata(name: str, config: Cohort) -> list[TryptomeError]:
    """Say which keys ask for metadata of a cohort that has none."""
    return [
        ContrastError(
            f"`{key}` needs metadata, and the cohort has none",
            place=f"cohort {name}",
            remedy=f"name the file under `metadata:`, or take `{key}` out",
        )
        for key in ("contrasts", "groups")
        if getattr(config, key)
    ]


def validate_all(config: Config) -> list[Findings]:
    """Validate every cohort, sorted by name, with the columns that are pooled."""
    found = [
        _with_measured(validate(name, config.cohorts[name])) for name in sorted(config.cohorts)
    ]
    present = {one for findings in found for one in _levels_present(findings)}
    return [_with_pooled(_with_unsupported(findings, present), config) for findings in found]


def _levels_present(findings: Findings) -> set[tuple[str, str]]:
    """Levels that the contrasts of a cohort name and its samples have."""
    from tryptome.contrasts import levels_present

    if findings.cohort is None:
        return set()
    return levels_present(_contrasts(findings.config), findings.cohort.samples)


def _contrasts(config: Cohort) -> dict[str, dict[str, Any]]:
    return {name: contrast.model_dump() for name, contrast in (config.contrasts or {}).items()}


def _with_unsupported(findings: Findings, present: set[tuple[str, str]]) -> Findings:
    """Tell levels that only other cohorts have from those that are written wrong."""
    found = [one for one in findings.errors if isinstance(one, ContrastError)]
    elsewhere = [one for one in found if one.level and (one.contrast, one.level) in present]
    errors = [one for one in findings.errors if one not in elsewhere]
    return replace(findings, errors=errors, unsupported=elsewhere)


def _with_measured(findings: Findings) -> Findings:
    """Add the metabolites that were measured in a cohort, or why they cannot be used."""
    from tryptome.measured.table import read_measured

    path, cohort = findings.config.measured, findings.cohort
    if path is None or cohort is None:
        return findings
    samples = [str(sample) for sample in cohort.samples[cohort.samples.columns[0]]]
    try:
        if not locate(path).is_file():
            raise MissingFileError(
                "the table of metabolites does not exist", place=path, remedy="check `measured`"
            )
        found = read_measured(str(locate(path)), findings.config.measured_columns, samples)
    except TryptomeError as error:
        return replace(findings, errors=[*findings.errors, error])
    return replace(findings, measured=found)


def _with_pooled(findings: Findings, config: Config) -> Findings:
    """Add the first column of ``pool.metadata`` that a cohort does not have."""
    from tryptome.pool.harmonised import check_columns

    if findings.cohort is None:
        return findings
    mapped = config.pool.model_dump()["metadata"]
    try:
        check_columns(mapped, findings.name, list(findings.cohort.samples.columns))
    except TryptomeError as error:
        return replace(findings, errors=[*findings.errors, error])
    return findings


def own_errors(config: Config) -> list[TryptomeError]:
    """Check the user's own coefficients, evidence and genomes, with no gene parsed."""
    errors: list[TryptomeError] = [
        MissingFileError(
            "the file does not exist",
            place=f"estimate.prediction, {path}",
            remedy="name a folder as the rule `refit` writes it",
        )
        for path in prediction_files(config)
        if not Path(path).is_file()
    ]
    if config.evidence is None and config.genomes is None:
        return errors
    from tryptome.extend.run import check

    tables = (str(locate(path)) if path else None for path in (config.evidence, config.genomes))
    try:
        check(*tables)
    except TryptomeError as error:
        errors.append(error)
    return errors


def naming(cohort: Ingested) -> Naming:
    """Resolve the names of a cohort as a run would, in a folder of its own."""
    from tryptome.ingest.run import write
    from tryptome.resolve.run import run as resolve
    from tryptome.tables import read_tsv

    with tempfile.TemporaryDirectory() as folder:
        paths = {name: str(Path(folder, name)) for name in ("table.biom", "features.tsv")}
        write(cohort, paths["table.biom"], paths["features.tsv"], *_unused(folder))
        resolve(
            table=paths["table.biom"],
            features=paths["features.tsv"],
            resolution_out=str(Path(folder, "resolution.tsv")),
            taxa_out=str(Path(folder, "taxa.tsv")),
        )
        resolution = read_tsv(Path(folder, "resolution.tsv"), numeric=("share",))
    shares = resolution.groupby("tier")["share"].sum()
    return Naming(
        str(resolution["nomenclature"].iloc[0]),
        {str(tier): float(share) for tier, share in shares.items()},
    )


def _unused(folder: str) -> tuple[str, str]:
    return str(Path(folder, "samples.tsv")), str(Path(folder, "ledger.json"))
