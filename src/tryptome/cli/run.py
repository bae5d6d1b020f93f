"""``tryptome run``: the workflow, with its inputs checked before any job starts."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

from tryptome.cli.cores import add_cores
from tryptome.config import Config, load
from tryptome.errors import MissingFileError, OutputError
from tryptome.paths import share

DEFAULT = Path("config", "config.yaml")
NOT_ESTIMABLE = 3
"""Exit status where all is written and a contrast could not be estimated or a question pooled."""

MANY = 20
"""Cohorts above which a dry run counts jobs: each of them would be pages that nobody reads."""

DRY = {"-n", "-np", "--dry-run", "--dryrun"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.usage = (
        "tryptome run [CONFIG] [--directory DIR] [--cores N] [--profile NAME] [-n] [--verbose] "
        "[--json] [-- SNAKEMAKE ARGS]"
    )
    parser.epilog = (
        "Exit status: 0 all went well; 1 a job failed; 2 the configuration or an input is wrong; "
        "3 all results are written, and a contrast could not be estimated or a question pooled. "
        "CONFIG is relative to where you are; paths inside it are relative to DIR. "
        f"-n shows each job of up to {MANY} cohorts; of more it counts them, unless --verbose is "
        "given. What follows -- goes to Snakemake, for example one file to make: tryptome run "
        "config.yaml -- results/cohorts/mycohort/resolve/resolution.tsv."
    )
    parser.add_argument(
        "config",
        nargs="?",
        metavar="CONFIG",
        help=f"configuration; by default {DEFAULT} in DIR, else the embedded demo",
    )
    parser.add_argument(
        "--directory", default=".", metavar="DIR", help="where results/ goes (default: here)"
    )
    add_cores(parser, None, "; on a cluster, no limit")
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="say what would be run, and run nothing"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show all that Snakemake says of each job"
    )
    parser.add_argument(
        "--json", action="store_true", help="end with one JSON object instead of words"
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="where jobs run: slurm, cluster-generic, or a folder with a profile of Snakemake's "
        "(default: here)",
    )


def execute(options: argparse.Namespace) -> int:
    """Check the configuration and its inputs, run the workflow, say what it wrote.

    Returns
    -------
    int
        0 where all went well, 3 where all results are there and a contrast could not
        be estimated or a question pooled, else the exit status of Snakemake.

    Raises
    ------
    TryptomeError
        The configuration or an input is wrong, or the folder cannot be used.
    """
    from tryptome.cli.outcome import conclude
    from tryptome.cli.progress import Progress
    from tryptome.workflow import engine, provenance
    from tryptome.workflow.dates import redate
    from tryptome.workflow.lock import sole_run

    directory = Path(options.directory)
    source = _configuration(options.config, directory)
    config = _checked(source, directory)
    passed_on = [*options.passed_on, *(["-n"] if options.dry_run else [])]
    dry = bool(DRY.intersection(passed_on))
    words = engine.command(
        source,
        directory,
        options.cores,
        passed_on,
        _profile(options.profile),
        brief=dry and not options.verbose and len(config.cohorts) > MANY,
    )
    progress = None if dry or options.verbose else Progress(sys.stderr)
    begin = datetime.now(UTC)
    with sole_run(directory) as lock:
        if not dry:
            redate(directory / "results")
        status = engine.execute(
            words,
            inherit=[lock],
            environment=engine.surroundings(directory),
            output=sys.stderr if options.json else None,
            watch=progress.take if progress else None,
            stopping=progress.stop if progress else None,
        )
        if progress:
            progress.close()
        if not dry:
            end = datetime.now(UTC)
            provenance.record(directory, config, source, begin=begin, end=end, status=status)
            if status == 0:
                provenance.describe(directory, config, begin=begin, end=end)
    return conclude(status, config, directory, dry=dry, as_json=options.json)


def _profile(name: str | None) -> Path | None:
    """Folder of a profile: one that ships with tryptome, or one of the user's."""
    if name is None:
        return None
    for folder in (share() / "profiles" / name, Path(name)):
        if name and (folder / "config.yaml").is_file():
            return folder
    shipped = sorted(path.parent.name for path in share().glob("profiles/*/config.yaml"))
    raise MissingFileError(
        "there is no profile of this name",
        place=name,
        remedy=f"name one of {', '.join(shipped)}, or a folder with a file config.yaml",
    )


def _configuration(given: str | None, directory: Path) -> Path:
    if given is not None:
        return Path(given)
    own = directory / DEFAULT
    return own if own.is_file() else share() / DEFAULT


def _checked(source: Path, directory: Path) -> Config:
    """Load the configuration and check its inputs, as seen from the working directory."""
    from tryptome.cli.check import require_usable
    from tryptome.workflow.dates import refuse_future

    source = source.absolute()
    if directory.exists() and not directory.is_dir():
        raise OutputError(
            "this is a file, not a folder", place=str(directory), remedy="check `--directory`"
        )
    with (
        tempfile.TemporaryDirectory() as empty,
        # A folder that is still to be made holds as little as an empty one.
        chdir(directory if directory.is_dir() else empty),
    ):
        config = load(source)
        try:
            require_usable(config)
            refuse_future(config)
        except MissingFileError as error:
            if directory == Path():
                raise
            hint = f"paths in the configuration start from {directory}, as --directory says"
            raise MissingFileError(
                error.what, place=error.place, remedy=f"{error.remedy}; {hint}"
            ) from error
    return config
