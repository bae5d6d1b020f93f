"""``tryptome check``: what was found in the inputs, with no run."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

from tryptome.cli.findings import Findings, naming, own_errors, validate_all
from tryptome.cli.quoting import printable
from tryptome.config import Config, load
from tryptome.config.model import Question
from tryptome.config.pooling import questions
from tryptome.errors import MissingFileError, TryptomeError

BAD_INPUT = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument("config", metavar="CONFIG", help="configuration, as `init` writes it")
    parser.add_argument("--json", action="store_true", help="write JSON instead of words")
    parser.add_argument(
        "--directory",
        default=".",
        metavar="DIR",
        help="where paths in the configuration start from (default: here)",
    )


def execute(options: argparse.Namespace) -> int:
    """Read the inputs of all cohorts and say what was found.

    Returns
    -------
    int
        0 where all can be run, 2 where something must be mended first.
    """
    source = Path(options.config).absolute()
    if not Path(options.directory).is_dir():
        raise MissingFileError(
            "the folder does not exist", place=options.directory, remedy="check `--directory`"
        )
    with chdir(options.directory):
        config = load(source)
        found = [_named(findings) for findings in validate_all(config)]
        own = own_errors(config)
    if options.json:
        print(json.dumps({f.name: _summary(f) for f in found}, indent=1, ensure_ascii=False))
    else:
        from tryptome.cli.screen import describe

        print("\n\n".join(map(describe, found)))
        print(_pooled(config), end="")
    if own and options.json:
        # Standard output holds one object, and that is there already.
        print(printable(f"Error: {own[0]}"), file=sys.stderr)
        return BAD_INPUT
    if own:
        raise own[0]
    return BAD_INPUT if any(findings.errors for findings in found) else 0


def _pooled(config: Config) -> str:
    """Say which contrasts are pooled over cohorts; empty where none are."""
    lines = [
        f"  {name}: " + ", ".join(_asked(q, cohort) for cohort in q.contrasts)
        for name, q in questions(config).items()
    ]
    return "\n".join(["", "Pooled over cohorts", *lines, ""]) if lines else ""


def _asked(question: Question, cohort: str) -> str:
    term = question.term_of(cohort)
    return f"{question.contrasts[cohort]}{f' ({term})' if term else ''} in {cohort}"


def require_usable(config: Config) -> None:
    """Check the inputs of all cohorts, from the current folder, before any job.

    Raises
    ------
    TryptomeError
        The first problem; the others are told with it.
    """
    errors = [error for findings in validate_all(config) for error in findings.errors]
    errors += own_errors(config)
    if not errors:
        return
    first, others = errors[0], errors[1:]
    more = "".join(f"\n  also: {other}" for other in others)
    raise type(first)(first.what, place=first.place, remedy=first.remedy + more)


def _named(findings: Findings) -> Findings:
    """Add how far the names of the taxa are known."""
    if findings.cohort is None:
        return findings
    try:
        return replace(findings, naming=naming(findings.cohort))
    except TryptomeError as error:
        return replace(findings, errors=[*findings.errors, error])


def _not_told(findings: Findings) -> list[str]:
    """Covariates that matter and that no column of the metadata seems to hold."""
    from tryptome.cli.covariates import missing_covariates

    if findings.cohort is None or findings.config.metadata is None:
        return []
    return missing_covariates(map(str, findings.cohort.samples.columns[1:]))


def _summary(findings: Findings) -> dict[str, Any]:
    ledger: dict[str, Any] = findings.cohort.ledger if findings.cohort is not None else {}
    return {
        "samples": ledger.get("samples_out"),
        "features": ledger.get("features_out"),
        "total": ledger.get("total"),
        "values": ledger.get("values"),
        "nomenclature": findings.naming.nomenclature if findings.naming else None,
        "resolved_share": findings.naming.resolved if findings.naming else None,
        "notes": ledger.get("notes", []),
        "covariates_not_told": _not_told(findings),
        "not_estimable": [error.what for error in findings.unsupported],
        "problems": [str(error) for error in findings.errors],
    }
