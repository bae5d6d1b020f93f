"""``tryptome init``: writes a configuration for a table."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tryptome.atomic import write_text
from tryptome.cli.advice import contrast_name
from tryptome.cli.levels import person_column, proposals
from tryptome.cli.quoting import printable, quoted
from tryptome.errors import ConfigError, MismatchError, OutputError, TryptomeError
from tryptome.ingest import Ingested, load_cohort
from tryptome.ingest.source import existing

MAX_PROPOSALS = 5
MAX_NAME = 64


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "table", metavar="TABLE", help="abundance table: BIOM, QIIME 2, TSV, CSV and others"
    )
    parser.add_argument("--taxonomy", metavar="F", help="table of feature ids and lineages")
    parser.add_argument("--metadata", metavar="F", help="sample metadata: TSV, CSV or .xlsx")
    parser.add_argument(
        "--name", metavar="COHORT", help="name of the cohort (default: from the table's)"
    )
    parser.add_argument(
        "-o", "--output", metavar="CONFIG", help="file to write (default: COHORT.yaml)"
    )


def execute(options: argparse.Namespace) -> int:
    """Read the inputs and write a configuration for them.

    Returns
    -------
    int
        0.

    Raises
    ------
    OutputError
        The file exists already.
    TryptomeError
        An input is missing or cannot be read.
    """
    name = _name(options.name or Path(options.table).name, given=options.name is not None)
    target = Path(options.output or f"{name}.yaml")
    if target.exists():
        raise OutputError(
            "the file exists already, and is left as it is",
            place=str(target),
            remedy="remove it, or write another with `-o`",
        )
    inputs = _inputs(options)
    cohort, problem = _read(inputs)
    write_text(target, "\n".join(_lines(name, inputs, cohort)) + "\n")
    print(f"Wrote {target}. Next: tryptome check {target}, then tryptome run {target}")
    if problem is not None:
        print(printable(f"Still to mend: {problem}"), file=sys.stderr)
    return 0


def _name(text: str, *, given: bool) -> str:
    """Name of the cohort: as given, or the name of the table made a valid one.

    Examples
    --------
    >>> _name("my table (1).biom.gz", given=False)
    'my_table_1'
    """
    if given:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", text):
            raise ConfigError(
                f"`{text}` is not a valid name of a cohort",
                place="--name",
                remedy="use letters, digits, `_`, `.` and `-`, 64 at most",
            )
        return text
    stem = text.split(".", maxsplit=1)[0]
    return re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_")[:MAX_NAME] or "cohort"


def _inputs(options: argparse.Namespace) -> dict[str, str]:
    given = {
        "table": options.table,
        "taxonomy": options.taxonomy,
        "metadata": options.metadata,
    }
    inputs = {key: path for key, path in given.items() if path is not None}
    for key, path in inputs.items():
        # A folder of files with one sample each is a table too.
        if key != "table" or not Path(path).is_dir():
            existing(path, key)
    return inputs


def _read(inputs: dict[str, str]) -> tuple[Ingested | None, TryptomeError | None]:
    """Read the cohort. Ids that do not match may be mended in the configuration itself."""
    try:
        return load_cohort(inputs["table"], inputs.get("taxonomy"), inputs.get("metadata")), None
    except MismatchError as error:
        return None, error


def _lines(name: str, inputs: dict[str, str], cohort: Ingested | None) -> Iterator[str]:
    yield "# A tryptome configuration. Paths are relative to the folder that tryptome is run in."
    yield "# Every key is described in config/README.md of the project."
    yield "cohorts:"
    yield f"  {name}:"
    yield f"    title: {quoted(name)}"
    for key, path in inputs.items():
        yield f"    {key}: {quoted(path)}"
    if cohort is not None:
        yield f"    # Read as {cohort.ledger['format']}: {cohort.ledger['orientation']}, " + str(
            cohort.ledger["values"]
        )
    yield "    # orientation: samples_as_rows  # or features_as_rows"
    yield "    # values: counts  # or relative"
    if "metadata" in inputs or (cohort is not None and cohort.ledger["sample_column"]):
        yield from _metadata_lines(cohort)
    yield ""
    yield "seed: 1"


def _metadata_lines(cohort: Ingested | None) -> Iterator[str]:
    """Columns of the metadata, and contrasts to choose from."""
    column = cohort.ledger["sample_column"] if cohort is not None else "…"
    yield "    # The column with the sample ids, where another is to be used."
    yield f"    # sample_column: {quoted(column)}"
    person = person_column(cohort.samples) if cohort is not None else None
    yield "    # The column that tells persons apart, where a person gave several samples."
    yield f"    {'' if person else '# '}subject_column: {quoted(person or '…')}"
    yield "    # Comparisons of two groups of samples: take out the `#` of those that you want."
    yield "    # contrasts:"
    for name, found in _proposed(cohort).items():
        yield f"    #   {name}:"
        yield f"    #     column: {quoted(found[0])}"
        yield f"    #     reference: {quoted(found[1])}"
        yield f"    #     level: {quoted(found[2])}"


def _proposed(cohort: Ingested | None) -> dict[str, tuple[str, str, str]]:
    """Column, reference and level of contrasts to choose from, by name, as `check` names them."""
    found = []
    if cohort is not None:
        found = proposals(cohort.samples, cohort.ledger["column_types"])[:MAX_PROPOSALS]
    named: dict[str, tuple[str, str, str]] = {}
    for one in found:
        named.setdefault(contrast_name(one.column), (one.column, one.reference, one.level))
    return named or {"contrast": ("a column of the metadata", "one level", "another level")}
