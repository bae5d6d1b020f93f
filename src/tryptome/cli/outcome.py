"""How a run ended: in words and a table, or as one JSON object."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tryptome.cli import summary
from tryptome.compare.outcome import not_estimable
from tryptome.config import Config
from tryptome.config.pooling import questions
from tryptome.paths import INDEX, POOLED, cohort_dir
from tryptome.pool.outcome import not_pooled

NOT_ESTIMABLE = 3


def conclude(status: int, config: Config, directory: Path, *, dry: bool, as_json: bool) -> int:
    """Say how a run ended.

    Parameters
    ----------
    status : int
        Exit status of Snakemake.
    config : Config
    directory : pathlib.Path
        Working directory of the run.
    dry : bool
        Whether nothing was to be run.
    as_json : bool
        Whether to say so for machines.

    Returns
    -------
    int
        Exit status of the command: 3 where a contrast could not be estimated, or a question of
        the configuration not be pooled.
    """
    lost = {} if dry or status else lost_contrasts(config, directory)
    apart = {} if dry or status else lost_questions(config, directory)
    code = NOT_ESTIMABLE if lost or apart else status
    found = {
        name: one
        for name in sorted(config.cohorts)
        if (one := summary.summarise(directory, name)) is not None
    }
    pooled = directory / POOLED
    together = str(pooled) if questions(config) and pooled.is_file() else None
    index = directory / INDEX
    if as_json:
        told = {
            "status": code,
            "dry": dry,
            "results": str(directory / "results"),
            "cohorts": summary.as_json(found),
            "cohorts_together": together,
            "index": str(index) if index.is_file() else None,
            "not_estimable": lost,
            "not_pooled": apart,
        }
        print(json.dumps(told, indent=1, ensure_ascii=False))
    elif status:
        _say_unfinished(directory, dry=dry)
    else:
        _say_finished(found, together, index, dry=dry)
    for name, contrasts in lost.items():
        for contrast, reason in contrasts.items():
            print(f"Not estimable: {name}, contrast {contrast}: {reason}", file=sys.stderr)
    for question, reason in apart.items():
        print(f"Not pooled: question {question}: {reason}", file=sys.stderr)
    return code


def lost_contrasts(config: Config, directory: Path) -> dict[str, dict[str, str]]:
    """Contrasts that the data cannot support, with the reason, by cohort."""
    tables = {
        name: directory / cohort_dir(name, "compare") / "contrasts.tsv"
        for name in sorted(config.cohorts)
    }
    lost = {name: not_estimable(path) for name, path in tables.items() if path.is_file()}
    return {name: contrasts for name, contrasts in lost.items() if contrasts}


def lost_questions(config: Config, directory: Path) -> dict[str, str]:
    """Questions that the configuration asks and that could not be pooled, with the reason.

    Contrasts of one name in several cohorts are pooled unasked, and are not among them.
    """
    table = (directory / POOLED).with_name("pooled.tsv")
    lost = not_pooled(table) if config.pool.questions and table.is_file() else {}
    return {name: reason for name, reason in lost.items() if name in config.pool.questions}


def _say_finished(
    found: dict[str, summary.Summary], together: str | None, index: Path, *, dry: bool
) -> None:
    if found and not dry:
        print(f"{summary.table(found)}\n")
    for one in found.values():
        print(f"Report: {one.report}")
    if together:
        print(f"Cohorts together: {together}")
    if len(found) > 1 and index.is_file():
        print(f"Index: {index}")


def _say_unfinished(directory: Path, *, dry: bool) -> None:
    logs = directory / "results" / "provenance" / "logs"
    if dry or not logs.is_dir():
        print("No job was started, for the reason above.", file=sys.stderr)
        return
    print(f"The run did not finish. What each job said is in {logs}.", file=sys.stderr)
    print("The same command goes on where it stopped.", file=sys.stderr)
