"""``tryptome reproduce``: a published study, run again, and its statements beside our figures."""

from __future__ import annotations

import argparse
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.cli.cores import add_cores
from tryptome.cli.quoting import printable
from tryptome.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.studies.model import Study

WIDTH = 96


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.epilog = (
        "Without NAME, the studies that ship are listed. Data come from the folder where it "
        "has them, else from where the study says; checksums are enforced. See docs/studies.md."
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a study that ships, or the path of a study's file"
    )
    parser.add_argument(
        "--folder", metavar="PATH", help="folder with the data (default: what TRYPTOME_DATA names)"
    )
    parser.add_argument(
        "--directory", default=".", metavar="DIR", help="where results/ goes (default: here)"
    )
    add_cores(parser)


def execute(options: argparse.Namespace) -> int:
    """Run a study again and print a verdict on each of its statements.

    Returns
    -------
    int
        0 where it could be run, whatever the verdicts; else the exit status of Snakemake.

    Raises
    ------
    TryptomeError
        The study or its data are wrong, or the folder cannot be used.
    """
    from tryptome.studies.load import load, names
    from tryptome.studies.run import VERDICTS, conclude, prepare
    from tryptome.studies.run import describe as record

    if options.name is None:
        print("\n".join(f"{name:<20} {load(name)[1].title}" for name in names()))
        return 0
    name, study = load(options.name)
    folder = Path(options.folder) if options.folder else None
    prepared = prepare(name, study, Path(options.directory), folder)
    begin = datetime.now(UTC)
    status = _run(prepared.config, prepared.folder, options.cores, prepared.target)
    if status != 0:
        return status
    table = conclude(prepared)
    record(prepared, begin=begin, end=datetime.now(UTC))
    print(describe(study, table))
    print(f"\nVerdicts: {Path(options.directory) / 'results' / 'studies' / name / VERDICTS}")
    return 0


def _run(config: Path, directory: Path, cores: str, target: str) -> int:
    from tryptome.workflow import engine
    from tryptome.workflow.lock import sole_run

    if not directory.is_dir():
        raise OutputError("the folder of the study is missing", place=str(directory))
    with sole_run(directory) as lock:
        words = engine.command(config, directory, cores, [target])
        return engine.execute(words, inherit=[lock])


def describe(study: Study, table: pd.DataFrame) -> str:
    """Write a study's verdicts for people.

    Parameters
    ----------
    study : Study
    table : DataFrame
        Of :func:`tryptome.studies.verdicts.verdicts`.
    """
    lines = [study.title, *textwrap.wrap(study.citation, WIDTH), ""]
    for row in table.to_dict("records"):
        lines += _statement({str(key): value for key, value in row.items()})
    if table.empty:
        lines += ["No published statement is compared.", ""]
    if study.unseen:
        lines += textwrap.wrap(f"Not compared: {study.unseen}", WIDTH)
    return printable("\n".join(lines).rstrip())


def _statement(row: dict[str, Any]) -> list[str]:
    size = f" ({row['published_size']})" if row["published_size"] else ""
    lines = textwrap.wrap(f"{row['statement']} [{row['place']}]", WIDTH)
    lines.append(f"  published  {row['published_direction']}{size}")
    if row["effect"] is not None and row["effect"] == row["effect"]:
        lines.append(
            f"  ours       {row['effect']:+.2f} ({row['lower']:+.2f} to {row['upper']:+.2f}), "
            f"{row['scale']}: {row['compared_with']}, contrast {row['contrast']}"
        )
    why = f": {row['why']}" if row["why"] else ""
    verdict = textwrap.wrap(f"{row['verdict'].upper()}{why}", WIDTH - 13)
    return [*lines, *(f"  {'verdict' if not n else '':<9}  {t}" for n, t in enumerate(verdict)), ""]
