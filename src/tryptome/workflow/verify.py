"""Holding results against the record of the run that made them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tryptome.checksum import sha256
from tryptome.config import Config
from tryptome.errors import FormatError, MissingFileError, OutputError
from tryptome.paths import locate
from tryptome.workflow.crate import CONFIG, METADATA, STUDY, result_files

INPUT = "#input-"
RESULTS = "results"


@dataclass(frozen=True)
class Record:
    """What a run says of itself in its crate.

    Attributes
    ----------
    results : pathlib.Path
        The folder of the results.
    config : Config
        The configuration that was used.
    files : dict of str to str
        SHA-256 of each result, by its path within the results.
    inputs : dict of str to str
        SHA-256 of each input, by its path as the configuration has it.
    versions : dict of str to str
        Software and its versions.
    knowledge : str
        Version and fingerprint of the knowledge base.
    target : str
        What the workflow was asked to make.
    study : str or None
        The study that it was run for, as JSON.
    """

    results: Path
    config: Config
    files: dict[str, str]
    inputs: dict[str, str]
    versions: dict[str, str]
    knowledge: str
    target: str
    study: str | None


@dataclass(frozen=True)
class Difference:
    """A file that is not what was recorded.

    Attributes
    ----------
    file : str
        Path within the results, or of an input.
    what : str
        ``changed``, ``missing``, ``not recorded``, ``input changed``, ``input missing``,
        ``recomputed otherwise`` or ``not recomputed``.
    """

    file: str
    what: str


def read_record(folder: Path) -> Record:
    """Read the crate of a run.

    Parameters
    ----------
    folder : pathlib.Path
        The folder ``results``, or the working directory that holds it.

    Raises
    ------
    MissingFileError
        There is no crate, or no configuration with it.
    FormatError
        The crate cannot be read.
    """
    results = folder if (folder / METADATA).is_file() else folder / RESULTS
    if not (results / METADATA).is_file():
        raise MissingFileError(
            f"there is no `{METADATA}`, which `tryptome run` writes at its end",
            place=str(folder),
            remedy="name the folder `results` of a finished run",
        )
    try:
        graph = json.loads((results / METADATA).read_text(encoding="utf-8"))["@graph"]
        entities = {entity["@id"]: entity for entity in graph}
        made = [entities[one["@id"]] for one in _listed(entities["#run"]["result"])]
        software = [e for e in graph if e["@type"] == "SoftwareApplication"]
        if any(
            sha256(results / name) != entities[name]["sha256"]
            for name in (CONFIG, STUDY)
            if name in entities
        ):
            raise ValueError("another configuration")
        return Record(
            results,
            Config.model_validate_json((results / CONFIG).read_bytes()),
            {entity["name"]: entity["sha256"] for entity in made},
            {e["value"]: e["sha256"] for e in graph if e["@id"].startswith(INPUT)},
            {entity["name"]: entity["softwareVersion"] for entity in software},
            entities["#knowledge"]["value"],
            entities["#target"]["value"],
            (results / STUDY).read_text(encoding="utf-8") if STUDY in entities else None,
        )
    except FileNotFoundError as error:
        raise MissingFileError(
            "the configuration of the run is missing",
            place=str(error.filename),
            remedy="run `tryptome run` again",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(
            "this is no record of a run of tryptome, it is damaged, or it and "
            f"`{CONFIG}` are of different runs",
            place=str(results / METADATA),
            remedy="run `tryptome run` again",
        ) from error


def _listed(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]


def compare_checksums(record: Record) -> list[Difference]:
    """Hold the results that are there against the record.

    Returns
    -------
    list of Difference
        Sorted by file; empty where all is as it was.
    """
    there = set(result_files(record.results, record.config))
    found = [Difference(name, "not recorded") for name in there - set(record.files)]
    for name, digest in record.files.items():
        if not (record.results / name).is_file():
            found.append(Difference(name, "missing"))
        elif sha256(record.results / name) != digest:
            found.append(Difference(name, "changed"))
    return sorted(found, key=lambda one: one.file)


def compare_inputs(record: Record) -> list[Difference]:
    """Hold the inputs against the record, from the working directory of the run."""
    found = []
    with chdir(record.results.resolve().parent):
        for name, digest in sorted(record.inputs.items()):
            if not locate(name).is_file():
                found.append(Difference(name, "input missing"))
            elif sha256(locate(name)) != digest:
                found.append(Difference(name, "input changed"))
    return found


def compare_recomputed(record: Record, results: Path) -> list[Difference]:
    """Hold results that were computed anew against the record."""
    found = []
    for name, digest in sorted(record.files.items()):
        if not (results / name).is_file():
            found.append(Difference(name, "not recomputed"))
        elif sha256(results / name) != digest:
            found.append(Difference(name, "recomputed otherwise"))
    new = set(result_files(results, record.config)) - set(record.files)
    found += [Difference(name, "not recorded") for name in new]
    return sorted(found, key=lambda one: one.file)


@contextmanager
def working_copy(directory: Path) -> Iterator[Path]:
    """Give a folder from which relative paths lead to the same inputs, without results.

    It stands beside the working directory, where that can be, so that paths which
    begin with ``..`` lead there too.
    """
    directory = directory.resolve()
    try:
        beside = TemporaryDirectory(prefix=".tryptome-verify-", dir=directory.parent)
    except OSError:
        beside = TemporaryDirectory(prefix="tryptome-verify-")
    with beside as name:
        copy = Path(name)
        try:
            for path in directory.iterdir():
                if path.name not in (RESULTS, ".snakemake"):
                    (copy / path.name).symlink_to(path)
        except OSError as error:
            raise OutputError(
                f"the run cannot be repeated here ({error.strerror})",
                place=str(copy),
                remedy="use `--quick`, which compares checksums only",
            ) from error
        yield copy
