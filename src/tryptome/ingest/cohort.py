"""Reading a cohort: table, taxonomy and metadata, checked and matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.errors import FormatError
from tryptome.formulas import is_formula
from tryptome.ingest.abundances import Abundances, Hints
from tryptome.ingest.described import Matched, match, within_table, without_metadata
from tryptome.ingest.lineage import names_as_lineages
from tryptome.ingest.matching import Rule
from tryptome.ingest.metadata import Metadata, no_column, read_metadata
from tryptome.ingest.recognise import read_table
from tryptome.ingest.sequences import Kept, by_sequence, keep, read_sequences
from tryptome.ingest.taxonomy import Taxonomy, assign, by_hash, read_taxonomy
from tryptome.ingest.values import check, kind_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Ingested:
    """A cohort that has been read and checked.

    Attributes
    ----------
    table : Abundances
        Every feature and sample of the input.
    about : Metadata
        `sample` and the metadata columns, in the order of the table.
    ledger : dict
        What was recognised and what became of everything; see ``docs/files.md``.
    sequences : list of str
        Sequence of each feature, empty where there is none.
    """

    table: Abundances
    about: Metadata
    ledger: dict[str, Any]
    sequences: list[str]

    @cached_property
    def features(self) -> pd.DataFrame:
        """`feature`, `lineage`, `sequence`, in the order of the table."""
        import pandas as pd

        columns = {
            "feature": self.table.features,
            "lineage": self.table.lineages,
            "sequence": self.sequences,
        }
        return pd.DataFrame(columns, dtype=str)

    @cached_property
    def samples(self) -> pd.DataFrame:
        """`sample` and the metadata columns as text, in the order of the table."""
        import pandas as pd

        return pd.DataFrame(self.about.rows, columns=self.about.columns, dtype=str)


def load_cohort(
    table: str | Path,
    taxonomy: str | Path | None = None,
    metadata: str | Path | None = None,
    sequences: str | Path | None = None,
    *,
    values: str = "auto",
    sample_column: str | None = None,
    subject_column: str | None = None,
    sample_ids: Mapping[str, Any] | None = None,
    **layout: Any,
) -> Ingested:
    """Read a table of abundances with what belongs to it.

    Parameters
    ----------
    table : path-like
        Any format of ``docs/formats.md``.
    taxonomy, metadata : path-like, optional
        TSV, CSV, Excel workbook or QIIME 2 artifact.
    sequences : path-like, optional
        FASTA of the features' representative sequences.
    values : {"auto", "counts", "relative"}
    sample_column, subject_column : str, optional
        Columns of the metadata with the ids of samples and of persons.
    sample_ids : mapping, optional
        Rules by which ids match; fields of :class:`tryptome.ingest.matching.Rule`.
    **layout
        How a table is laid out; fields of :class:`tryptome.ingest.abundances.Hints`.

    Returns
    -------
    Ingested

    Raises
    ------
    InputError
        Anything that makes the input unusable; each subclass has its own code.
    """
    lineages = None if taxonomy is None else read_taxonomy(taxonomy)
    about = None if metadata is None else read_metadata(metadata)
    read = read_table(table, _hints(lineages, about, layout))
    check(read)
    if about is None or (metadata == table and read.about_samples):
        about = within_table(read)
    kept = keep(read.features, None if sequences is None else read_sequences(sequences))
    if lineages is not None:
        lineages = by_sequence(by_hash(lineages, read.features), read.features, kept.of_feature)
    return _put_together(
        read,
        lineages,
        about,
        kept,
        values,
        (sample_column, subject_column, Rule(**(sample_ids or {}))),
    )


def _put_together(
    read: Abundances,
    lineages: Taxonomy | None,
    about: Metadata | None,
    kept: Kept,
    values: str,
    matching: tuple[str | None, str | None, Rule],
) -> Ingested:
    """Give a table its lineages and its metadata, and write down what became of everything."""
    read, missing, source = _with_lineages(read, lineages)
    matched = _match(read, about, *matching)
    kind, reason = kind_of(read, values)
    ledger = _ledger(read, kind) | {
        "sample_column": matched.column,
        "subject_column": matching[1],
        "column_types": {} if about is None else about.types,
        "lineages": source,
        "features_without_lineage": missing,
        "sequences": kept.ledger,
        **matched.ledger,
    }
    what = "counts" if kind == "counts" else "relative abundances"
    told = [note for part in (lineages, about, matched) if part for note in part.notes]
    ledger["notes"] = [*read.notes, f"{what}: {reason}", *told, *_remarks(ledger)]
    _refuse_formulas(read, matched.samples)
    return Ingested(read, matched.samples, ledger, kept.of_feature)


def _refuse_formulas(table: Abundances, about: Metadata) -> None:
    """Refuse texts that the spreadsheet of a reader of the results would run."""
    columns = [
        (table.place, "feature", table.features, table.features),
        (table.place, "lineage", table.lineages or [], table.features),
    ]
    place, ids = about.place or table.place, [row[0] for row in about.rows]
    for name, texts in zip(about.columns, zip(*about.rows, strict=True), strict=True):
        columns += [(place, name, [name], [""]), (place, name, list(texts), ids)]
    for place, name, fields, rows in columns:
        for text, row in zip(fields, rows, strict=True):
            if is_formula(text):
                raise _formula(text, f"{place}, column `{name}`", row)


def _formula(text: str, place: str, row: str) -> FormatError:
    return FormatError(
        f"a spreadsheet would run `{text[:80]}` as a formula",
        place=f"{place}, row `{row[:80]}`" if row else place,
        remedy="remove the sign with which it begins",
    )


def _hints(
    taxonomy: Taxonomy | None, metadata: Metadata | None, layout: Mapping[str, Any]
) -> Hints:
    named = frozenset[str]()
    if metadata is not None:
        named = frozenset(field for row in metadata.rows for field in row if field)
    features = frozenset(taxonomy.lineages) if taxonomy is not None else frozenset[str]()
    return Hints(samples=named, features=features, **layout)


def _with_lineages(
    table: Abundances, taxonomy: Taxonomy | None
) -> tuple[Abundances, list[str], str]:
    """Give the table its lineages; say which features have none, and whence they are."""
    if taxonomy is not None:
        lineages, missing = assign(table.features, taxonomy)
        return replace(table, lineages=lineages), missing, "taxonomy file"
    if table.lineages is not None:
        pairs = zip(table.features, table.lineages, strict=True)
        missing = [name for name, lineage in pairs if not lineage.strip()]
        return table, missing, "table"
    named = names_as_lineages(table.features)
    if named is not None:
        missing = [name for name in named if not name.strip()]
        return replace(table, lineages=named), missing, "feature ids"
    return replace(table, lineages=[""] * len(table.features)), list(table.features), "none"


def _match(
    table: Abundances,
    metadata: Metadata | None,
    sample_column: str | None,
    subject_column: str | None,
    rule: Rule,
) -> Matched:
    """Match the samples with their metadata, where there are any."""
    if metadata is not None:
        return match(table, metadata, sample_column, subject_column, rule)
    for key, column in (("sample_column", sample_column), ("subject_column", subject_column)):
        if column is not None:
            raise no_column(column, [], table.place, key)
    return without_metadata(table.samples)


def _ledger(table: Abundances, kind: str) -> dict[str, Any]:
    depth = table.cells.column_sums()
    total = float(depth.sum())
    empty = [name for name, reads in zip(table.samples, depth, strict=True) if not reads]
    return {
        "values": kind,
        "format": table.format,
        "orientation": table.orientation,
        "samples_in": len(table.samples),
        "samples_out": len(table.samples),
        "features_in": len(table.features),
        "features_out": len(table.features),
        **table.accounts,
        "total": int(total) if total.is_integer() else total,
        "empty_samples": empty,
    }


def _remarks(ledger: dict[str, Any]) -> list[str]:
    """Sentences on what a user should look at."""
    counted = (
        ("empty_samples", "sample", "without reads: kept, and cannot be assessed"),
        ("samples_without_metadata", "sample", "without a row in the metadata: kept"),
        ("metadata_without_samples", "row", "of the metadata without a sample in the table"),
        ("features_without_lineage", "feature", "without lineage: kept as unassigned"),
    )
    # Without metadata no sample has a row, which is nothing to look at.
    silent = set() if ledger["sample_column"] else {"samples_without_metadata"}
    return [
        f"{len(ledger[key])} {noun}{'s' if len(ledger[key]) > 1 else ''} {words}"
        for key, noun, words in counted
        if ledger[key] and key not in silent
    ]
