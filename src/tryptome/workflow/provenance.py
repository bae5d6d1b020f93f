"""What ran, when and with what: kept apart from results, which are the same each time."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from datetime import datetime
from importlib import metadata
from pathlib import Path

import tryptome
from tryptome.atomic import write_text
from tryptome.config import Config
from tryptome.knowledge.base import load
from tryptome.workflow.crate import STUDY, Facts, write_crate
from tryptome.workflow.fingerprint import knowledge_fingerprint

FOLDER = Path("results", "provenance")
RUNS = "runs.jsonl"
CONFIG = "config.json"


def record(
    directory: Path, config: Config, source: Path, *, begin: datetime, end: datetime, status: int
) -> Path:
    """Add a run to the list of runs, and keep the configuration that it used.

    Parameters
    ----------
    directory : pathlib.Path
        Working directory of the run.
    config : Config
        Configuration, with its defaults and the cohorts of the sheet filled in.
    source : pathlib.Path
        The file that it came from.
    begin, end : datetime.datetime
        Times of the run, with their time zone.
    status : int
        Exit status of Snakemake.

    Returns
    -------
    pathlib.Path
        The list of runs: one JSON object a line, the newest last.
    """
    folder = directory / FOLDER
    run = {
        "begin": begin.isoformat(timespec="seconds"),
        "end": end.isoformat(timespec="seconds"),
        "seconds": round((end - begin).total_seconds(), 1),
        "status": status,
        "config": str(source),
        "config_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "knowledge": knowledge_used(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions(),
    }
    runs = folder / RUNS
    earlier = runs.read_text(encoding="utf-8") if runs.exists() else ""
    write_text(folder / CONFIG, config.model_dump_json(indent=2) + "\n")
    write_text(runs, f"{earlier}{json.dumps(run, sort_keys=True)}\n")
    return runs


def describe(directory: Path, config: Config, *, begin: datetime, end: datetime) -> Path:
    """Describe a run that went well as a Workflow Run RO-Crate; parameters as of :func:`record`."""
    return write_crate(directory, config, Facts(begin, end, versions(), knowledge_used()))


def describe_study(
    directory: Path, config: Config, study: str, target: str, *, begin: datetime, end: datetime
) -> Path:
    """Describe a run of a study that went well, with its verdicts, as :func:`describe` does.

    Parameters
    ----------
    directory, config, begin, end
        As of :func:`record`.
    study : str
        The study, as JSON.
    target : str
        What the workflow was asked to make.
    """
    write_text(directory / "results" / STUDY, study)
    facts = Facts(begin, end, versions(), knowledge_used(), target, concluded=True)
    return write_crate(directory, config, facts)


def knowledge_used() -> str:
    """Version of the knowledge base, and its fingerprint.

    Examples
    --------
    >>> knowledge_used().endswith(f"({knowledge_fingerprint()})")
    True
    """
    return f"{load().version} ({knowledge_fingerprint()})"


def versions() -> dict[str, str]:
    """Version of tryptome and of each package that it asks for.

    Examples
    --------
    >>> versions()["tryptome"] == tryptome.__version__
    True
    """
    try:
        required = metadata.requires("tryptome") or []
    except metadata.PackageNotFoundError:
        required = []
    names = sorted(re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in required)
    return {"tryptome": tryptome.__version__} | {name: metadata.version(name) for name in names}
