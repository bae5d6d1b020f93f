"""``tryptome verify``: are results what the run that made them recorded, and come they again?"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.cli.cores import add_cores
from tryptome.cli.quoting import printable
from tryptome.errors import InputError, OutputError

if TYPE_CHECKING:
    from tryptome.workflow.verify import Difference, Record

DIFFERS = 1
MOST_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "results", metavar="RESULTS", help="folder `results` of a run, or the folder that holds it"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="compare the checksums of the files only, with no run",
    )
    add_cores(parser)
    parser.add_argument("--json", action="store_true", help="write JSON instead of words")


def execute(options: argparse.Namespace) -> int:
    """Compare checksums and, if asked for, compute all results anew.

    Returns
    -------
    int
        0 where nothing differs, 1 where something does.

    Raises
    ------
    TryptomeError
        There is no record of a run, its inputs changed, or the run failed.
    """
    from tryptome.workflow import verify

    record = verify.read_record(Path(options.results))
    found = verify.compare_checksums(record)
    other = _other_software(record)
    if not options.quick:
        found += recompute(record, options.cores)
    if options.json:
        told = {
            "verified": not found,
            "recomputed": not options.quick,
            "files": len(record.files),
            "differences": [asdict(difference) for difference in found],
            "other_software": other,
        }
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        print("\n".join(_describe(record, found, other, recomputed=not options.quick)))
    return DIFFERS if found else 0


def recompute(record: Record, cores: str) -> list[Difference]:
    """Run the recorded configuration again, in a folder that is removed afterwards.

    Raises
    ------
    InputError
        The inputs are not those of the run.
    OutputError
        The run failed.
    """
    from tryptome.workflow import engine, verify
    from tryptome.workflow.crate import CONFIG

    changed = verify.compare_inputs(record)
    if changed:
        raise InputError(
            f"{len(changed)} inputs are not those of the run, the first of them: "
            f"{changed[0].what.removeprefix('input ')}",
            place=changed[0].file,
            remedy="bring back the inputs, or use `--quick`, which compares checksums only",
        )
    directory = record.results.resolve().parent
    with verify.working_copy(directory) as folder:
        config = record.results.resolve() / CONFIG
        words = engine.command(config, folder, cores, ["--quiet", "all", "--", *_targets(record)])
        around = engine.surroundings(folder)
        status = engine.execute(words, environment=around, output=sys.stderr)
        if status:
            raise OutputError(
                f"the run could not be repeated (Snakemake ended with {status})",
                place=str(folder),
                remedy="see what it said above",
            )
        if record.study is not None:
            from tryptome.studies.run import conclude_again

            conclude_again(record.study, record.config, folder)
        return verify.compare_recomputed(record, folder / verify.RESULTS)


def _targets(record: Record) -> list[str]:
    """What to compute: what the run was asked for, and what the user asked for beside it."""
    asked_for = [name for name in record.files if name.endswith("measured/prediction/models.tsv")]
    return [record.target, *(f"results/{name}" for name in asked_for)]


def _other_software(record: Record) -> list[str]:
    """Programs, and the knowledge base, that are not those of the run."""
    from tryptome.workflow.provenance import knowledge_used, versions

    here = versions() | {"knowledge base": knowledge_used()}
    then = record.versions | {"knowledge base": record.knowledge}
    return [
        f"{name}: {then[name]} then, {here.get(name, 'missing')} now"
        for name in sorted(then)
        if here.get(name) != then[name]
    ]


def _describe(
    record: Record, found: list[Difference], other: list[str], *, recomputed: bool
) -> list[str]:
    how = "computed anew and compared" if recomputed else "compared with their checksums"
    lines = [f"{len(record.files):,} files recorded in {record.results}; {how}"]
    lines += [f"  other software: {line}" for line in other]
    lines += [
        printable(f"  {difference.what}: {difference.file}") for difference in found[:MOST_SHOWN]
    ]
    if len(found) > MOST_SHOWN:
        lines.append(f"  and {len(found) - MOST_SHOWN:,} more")
    plural = "" if len(found) == 1 else "s"
    lines.append(f"{len(found):,} difference{plural}" if found else "Nothing differs.")
    return lines
