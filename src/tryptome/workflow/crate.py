"""What a run used and made, as a Workflow Run RO-Crate.

The crate is the folder ``results/``; its metadata hold the times of the run, so
that file and ``provenance/`` are what differs between two runs that agree.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tryptome.atomic import whole_folder, write_text
from tryptome.checksum import sha256
from tryptome.config import Config
from tryptome.paths import locate, share
from tryptome.workflow.inputs import input_files

if TYPE_CHECKING:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
STUDIES = "studies"
"""Runs of their own, of `tryptome reproduce`."""

APART = "provenance"
CONFIG = f"{APART}/config.json"
STUDY = f"{APART}/study.json"
"""The study that a run of `tryptome reproduce` was about."""

VERDICTS = "verdicts.tsv"
"""What such a run concludes; no rule of the workflow makes it."""

DEFAULT_TARGET = "default"
WORKFLOW = f"{APART}/workflow"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
FORMATS = {
    ".biom": "application/x-hdf5",
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".qza": "application/zip",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
}
TERMS = (
    "Results of tryptome. They rest on the input data and on the sources of the knowledge base, "
    "whose terms apply; the report of each cohort lists them. For research only."
)


@dataclass(frozen=True)
class Facts:
    """What is known of a run beside its files.

    Attributes
    ----------
    begin, end : datetime.datetime
        Times, with their time zone.
    versions : dict of str to str
        Software and its versions.
    knowledge : str
        Version and fingerprint of the knowledge base.
    target : str
        What the workflow was asked to make: all, or one file.
    concluded : bool
        Whether it was run for a study, and ended with verdicts.
    """

    begin: datetime
    end: datetime
    versions: dict[str, str]
    knowledge: str
    target: str = DEFAULT_TARGET
    concluded: bool = False


def result_files(results: Path, config: Config) -> list[str]:
    """Files that the workflow leaves for a configuration, sorted, with ``/``.

    What is kept apart is not among them, nor cohorts of another configuration, nor the
    verdicts on a study.
    """
    cohorts = results / "cohorts"
    stale = {path for path in cohorts.glob("*") if path.name not in config.cohorts}
    return sorted(
        path.relative_to(results).as_posix()
        for path in results.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(results).parts)
        and path.relative_to(results).parts[0] not in (APART, METADATA, STUDIES, VERDICTS)
        and not stale.intersection(path.parents)
    )


def write_crate(directory: Path, config: Config, facts: Facts) -> Path:
    """Describe a finished run in ``results/ro-crate-metadata.json``.

    Parameters
    ----------
    directory : pathlib.Path
        Working directory of the run, from which its relative paths start.
    config : Config
    facts : Facts

    Returns
    -------
    pathlib.Path
        The file.
    """
    from rocrate.rocrate import ROCrate

    results = directory / "results"
    _copy_workflow(results / WORKFLOW)
    crate = ROCrate(version="1.1")
    # The context of RO-Crate 1.1 is older than this term of schema.org.
    crate.metadata.extra_terms = {"sha256": "http://schema.org/sha256"}
    _describe_root(crate, config, facts)
    workflow = _add_workflow(crate, results, facts)
    given = [*_inputs(crate, directory, config), *_settings(crate, results, config, facts)]
    concluded = [VERDICTS] if facts.concluded else []
    made = [_file(crate, results, name) for name in [*result_files(results, config), *concluded]]
    _parameters(crate, workflow, given, made)
    action = crate.add_action(
        workflow,
        identifier="#run",
        object=given,
        result=made,
        properties={
            "name": "Run of tryptome",
            "startTime": facts.begin.isoformat(timespec="seconds"),
            "endTime": facts.end.isoformat(timespec="seconds"),
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        },
    )
    crate.root_dataset["mentions"] = [action]
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False)
    write_text(results / METADATA, f"{text}\n")
    return results / METADATA


def _copy_workflow(target: Path) -> None:
    """Keep the rules that ran beside what they made."""
    with whole_folder(target) as folder:
        shutil.copy(share() / "workflow" / "Snakefile", folder / "Snakefile")
        shutil.copytree(
            share() / "workflow" / "rules", folder / "rules", ignore=lambda *_: {"__pycache__"}
        )


def _describe_root(crate: ROCrate, config: Config, facts: Facts) -> None:
    root = crate.root_dataset
    cohorts = ", ".join(sorted(config.cohorts))
    crate.name = f"tryptome: {cohorts}"
    crate.description = (
        f"What the gut communities of {len(config.cohorts)} cohorts ({cohorts}) do to tryptophan, "
        "estimated by tryptome from 16S taxonomic abundance tables."
    )
    crate.datePublished = facts.end.isoformat(timespec="seconds")
    root["license"] = _entity(crate, "#terms", "CreativeWork", name="Terms", description=TERMS)
    root["conformsTo"] = [
        _entity(crate, address, "CreativeWork", name=name, version=address.rpartition("/")[2])
        for address, name in PROFILES.items()
    ]


def _add_workflow(crate: ROCrate, results: Path, facts: Facts) -> Any:
    programs = [
        _entity(
            crate, f"#software-{name}", "SoftwareApplication", name=name, softwareVersion=version
        )
        for name, version in sorted(facts.versions.items())
    ]
    parts = [
        _file(crate, results, path.relative_to(results).as_posix())
        for path in sorted((results / WORKFLOW / "rules").glob("*.smk"))
    ]
    return crate.add_workflow(
        dest_path=f"{WORKFLOW}/Snakefile",
        main=True,
        lang="snakemake",
        lang_version=facts.versions.get("snakemake"),
        properties={
            "name": "tryptome",
            "version": facts.versions["tryptome"],
            "sha256": sha256(results / WORKFLOW / "Snakefile"),
            "softwareRequirements": [{"@id": program.id} for program in programs],
            "hasPart": [{"@id": part.id} for part in parts],
        },
    )


def _inputs(crate: ROCrate, directory: Path, config: Config) -> Iterator[ContextEntity]:
    """Input files, which are not part of the crate: where they were, and their digests."""
    with chdir(directory):
        files = input_files(config)
    for role, path in sorted(files.items()):
        place = directory / locate(path)
        yield _entity(
            crate,
            f"#input-{role}",
            "PropertyValue",
            name=role,
            value=path,
            sha256=sha256(place),
            contentSize=str(place.stat().st_size),
        )


def _settings(crate: ROCrate, results: Path, config: Config, facts: Facts) -> Iterator[Any]:
    yield _file(crate, results, CONFIG)
    if facts.concluded:
        yield _file(crate, results, STUDY)
    yield _entity(crate, "#target", "PropertyValue", name="target", value=facts.target)
    yield _entity(crate, "#seed", "PropertyValue", name="seed", value=str(config.seed))
    yield _entity(
        crate, "#knowledge", "PropertyValue", name="knowledge base", value=facts.knowledge
    )


def _parameters(crate: ROCrate, workflow: Any, given: list[Any], made: list[Any]) -> None:
    """Say which parameter of the workflow each input and output is an example of."""
    by_kind: dict[str, list[Any]] = {}
    for entity in given:
        kind = "input" if entity.id.startswith("#input-") else entity.id.strip("#").split("/")[-1]
        by_kind.setdefault(kind, []).append(entity)
    kinds = {
        kind: ("File" if kind.endswith(".json") else "Text", values)
        for kind, values in by_kind.items()
    }
    workflow["input"] = [
        _parameter(crate, kind, type_, values) for kind, (type_, values) in sorted(kinds.items())
    ]
    if made:
        workflow["output"] = [_parameter(crate, "result", "File", made)]


def _parameter(crate: ROCrate, name: str, kind: str, examples: list[Any]) -> Any:
    parameter = crate.add_formal_parameter(
        name, kind, identifier=f"#parameter-{name}", properties={"workExample": examples}
    )
    for example in examples:
        example["exampleOfWork"] = parameter
    return parameter


def _file(crate: ROCrate, results: Path, name: str) -> Any:
    path = results / name
    properties = {"sha256": sha256(path), "contentSize": str(path.stat().st_size), "name": name}
    if path.suffix in FORMATS:
        properties["encodingFormat"] = FORMATS[path.suffix]
    return crate.add_file(dest_path=name, properties=properties)


def _entity(crate: ROCrate, identifier: str, kind: str, /, **properties: Any) -> ContextEntity:
    from rocrate.model.contextentity import ContextEntity

    entity: ContextEntity = crate.add(
        ContextEntity(crate, quote(identifier, safe="#:/"), {"@type": kind, **properties})
    )
    return entity
