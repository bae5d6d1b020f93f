"""Writing what was found in a cohort in plain words, about one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tryptome.cli.advice import lines_to_add
from tryptome.cli.covariates import missing_covariates
from tryptome.cli.findings import Findings
from tryptome.cli.levels import Column, columns
from tryptome.cli.quoting import printable
from tryptome.ingest import Ingested
from tryptome.ingest.values import listed

WIDTH = 96
MAX_COLUMNS = 12
MAX_NOTES = 12
MAX_LEVELS = 6


def describe(findings: Findings) -> str:
    """Write what was found in one cohort.

    Parameters
    ----------
    findings : Findings

    Returns
    -------
    str
        Lines; control characters of the input are shown as escapes.
    """
    lines = [f"{findings.name}: {findings.config.table}"]
    if findings.cohort is not None:
        lines += _table(findings)
        if findings.cohort.ledger["sample_column"] is not None:
            lines += _metadata(findings)
        lines += _measured(findings)
        lines += _advice(findings)
    for level in findings.unsupported:
        lines += ["", "  NOT ESTIMABLE HERE", textwrap.indent(printable(level.what), "    ")]
    for error in findings.errors:
        lines += ["", "  PROBLEM", textwrap.indent(printable(str(error)), "    ")]
    if not findings.errors and _has_lineages(findings):
        lines += ["", _verdict(findings)]
    return "\n".join(lines)


def _verdict(findings: Findings) -> str:
    """Say whether anything is to be mended, in a cohort that was read without a problem."""
    if findings.naming is not None and not findings.naming.resolved > 0:
        return _item(
            "TO MEND",
            "no name of a taxon is known, so nothing can be assessed: check that the lineages are "
            "names of bacteria, one rank after another, as `Bacteria;Bacillota;…` or `g__Blautia`",
        )
    assert findings.cohort is not None
    ledger = findings.cohort.ledger
    without = len(ledger["samples_without_metadata"])
    if ledger["sample_column"] is None or not without:
        return "  Nothing to mend."
    text = f"samples without metadata: {without} of {ledger['samples_out']}, which no contrast uses"
    if ledger.get("sample_ids_proposed"):
        text += "; the line `sample_ids` above would match more of them"
    return _item("TO CHECK", f"{text}. Else there is nothing to mend.")


def _item(title: str, text: str) -> str:
    return textwrap.fill(
        printable(text),
        WIDTH,
        initial_indent=f"  {title:<12}",
        subsequent_indent=" " * 14,
        break_long_words=False,
    )


def _table(findings: Findings) -> Iterator[str]:
    cohort = findings.cohort
    assert cohort is not None
    ledger = cohort.ledger
    yield _item("format", f"{ledger['format']}")
    yield _item("size", f"{ledger['samples_out']:,} samples x {ledger['features_out']:,} features")
    yield _item("values", _depth(cohort))
    yield _item("lineages", _lineages(findings))
    for note in ledger["notes"][:MAX_NOTES]:
        yield _item("note", note)
    if len(ledger["notes"]) > MAX_NOTES:
        yield _item("", f"and {len(ledger['notes']) - MAX_NOTES} more notes in `ledger.json`")
    for key, title in (
        ("empty_samples", "no reads"),
        ("features_without_lineage", "unassigned"),
    ):
        if ledger[key]:
            yield _item(title, listed(ledger[key]))


def _has_lineages(findings: Findings) -> bool:
    return findings.cohort is not None and findings.cohort.ledger["lineages"] != "none"


def _depth(cohort: Ingested) -> str:
    import numpy as np

    depth = np.asarray(cohort.table.values.sum(axis=0)).ravel()
    if cohort.ledger["values"] == "relative":
        return f"relative abundances; samples add up to {depth.min():.4g} to {depth.max():.4g}"
    low, middle, high = np.quantile(depth, (0, 0.5, 1))
    total = cohort.ledger["total"]
    return f"counts, {total:,} in all; per sample {low:,.0f} to {high:,.0f}, median {middle:,.0f}"


def _lineages(findings: Findings) -> str:
    assert findings.cohort is not None
    where = findings.cohort.ledger["lineages"]
    if not _has_lineages(findings):
        return "none: give a `taxonomy`, else nothing can be assessed"
    words = f"from the {where}"
    if findings.naming is not None:
        parts = ", ".join(
            f"{tier} {share:.1%}" for tier, share in findings.naming.shares.items() if share > 0
        )
        words += (
            f"; {findings.naming.nomenclature} names; {findings.naming.resolved:.1%} of reads "
            f"resolved ({parts})"
        )
    return words


def _metadata(findings: Findings) -> Iterator[str]:
    cohort = findings.cohort
    assert cohort is not None
    ledger = cohort.ledger
    matched = ledger["samples_out"] - len(ledger["samples_without_metadata"])
    yield ""
    yield printable(f"  metadata: {findings.config.metadata or 'in the table itself'}")
    text = f"{matched} of {ledger['samples_out']} samples, by column `{ledger['sample_column']}`"
    yield _item("matched", text)
    for key, title in (
        ("samples_without_metadata", "no metadata"),
        ("metadata_without_samples", "no sample"),
    ):
        if ledger[key]:
            yield _item(title, listed(ledger[key]))
    described = columns(cohort.samples, cohort.ledger["column_types"])
    constant = [column.name for column in described if len(column.levels) <= 1]
    if constant:
        yield _item("constant", listed(constant))
    described = [column for column in described if len(column.levels) > 1]
    for column in described[:MAX_COLUMNS]:
        yield _item("column", _column(column, ledger["column_types"].get(column.name, "")))
    if len(described) > MAX_COLUMNS:
        yield _item("", f"and {len(described) - MAX_COLUMNS} more columns")
    yield from _contrasts(findings)
    absent = missing_covariates(map(str, cohort.samples.columns[1:]))
    if absent:
        text = f"{', '.join(absent)}: each moves the gut community, and no column seems to hold it"
        yield _item("not told", text)


def _measured(findings: Findings) -> Iterator[str]:
    table = findings.measured
    if table is None:
        return
    yield ""
    yield printable(f"  measured: {findings.config.measured}")
    for metabolite, known in table.notna().sum().items():
        yield _item("metabolite", f"{metabolite}: {known} of {len(table)} samples")


def _column(column: Column, declared: str) -> str:
    """Name, type and levels of a column."""
    name = f"`{column.name}`"
    several = len(column.levels) > MAX_LEVELS
    if declared == "numeric" or (column.numeric and several and declared != "categorical"):
        values = sorted(map(float, column.levels))
        return f"{name} (numbers): {values[0]:g} to {values[-1]:g}"
    if several:
        return f"{name} (text): {len(column.levels)} different"
    return f"{name} (levels): " + ", ".join(f"`{level}` {n}" for level, n in column.levels.items())


def _contrasts(findings: Findings) -> Iterator[str]:
    for name, contrast in (findings.config.contrasts or {}).items():
        compared = f"`{contrast.column}`, `{contrast.level}` against `{contrast.reference}`"
        text = f"{name}: {f'`{contrast.formula}`' if contrast.formula else compared}"
        yield _item("contrast", text)


def _advice(findings: Findings) -> Iterator[str]:
    """Lines to add to the configuration, as they stand there."""
    lines = lines_to_add(findings)
    if not lines:
        return
    yield ""
    yield f"  To consider, below `{findings.name}:` in the configuration:"
    yield from (printable(f"    {line}") for line in lines)
