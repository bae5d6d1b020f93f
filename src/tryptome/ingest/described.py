"""Samples with their metadata: which row is whose, and what is left on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from tryptome.ingest.abundances import Abundances
from tryptome.ingest.matching import Rule, in_words, link, propose
from tryptome.ingest.metadata import (
    SAMPLE,
    Metadata,
    align,
    described,
    find_sample_column,
    no_column,
)
from tryptome.ingest.values import listed

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Matched:
    """Samples of a table with their metadata.

    Attributes
    ----------
    samples : Metadata
        `sample` and the columns of the metadata, as text, in the order of the table.
    column : str or None
        Column of the metadata with the ids.
    ledger : dict
        Ids without a partner, and the rule by which others found theirs.
    notes : tuple of str
    """

    samples: Metadata
    column: str | None
    ledger: dict[str, Any]
    notes: tuple[str, ...] = ()


def without_metadata(samples: Sequence[str]) -> Matched:
    """Samples of which nothing but their ids is known."""
    ledger = {"samples_without_metadata": list(samples), "metadata_without_samples": []}
    return Matched(Metadata([SAMPLE], [[name] for name in samples], "", ()), None, ledger)


def within_table(table: Abundances) -> Metadata | None:
    """Metadata that the table itself holds beside its abundances, where it holds any."""
    if not table.about_samples:
        return None
    header, *rows = table.about_samples
    found = described(header, rows, table.place)
    note = f"columns of the table that are taken as metadata: {listed(found.columns[1:])}"
    return replace(found, notes=(note,))


def match(
    table: Abundances,
    metadata: Metadata,
    sample_column: str | None,
    subject_column: str | None,
    rule: Rule,
) -> Matched:
    """Match samples with rows of the metadata: to the letter, and by the configured rule.

    Raises
    ------
    MismatchError
        A column that was named is missing, or the ids do not match.
    DuplicateIdError
        A sample has more than one row, by the rule or to the letter.
    """
    column = find_sample_column(metadata, table.samples, table.features, sample_column, rule)
    if subject_column is not None and subject_column not in metadata.columns:
        raise no_column(subject_column, metadata.columns, metadata.place, "subject_column")
    ids = metadata.values(column)
    linked = link(table.samples, ids, rule, f"{metadata.place}, column `{column}`")
    alone = [name for name in table.samples if name not in linked]
    unused = sorted(set(ids).difference(linked.values()))
    ledger: dict[str, Any] = {
        "samples_without_metadata": alone,
        "metadata_without_samples": unused,
    }
    by_rule = {ours: theirs for ours, theirs in linked.items() if ours != theirs}
    if rule.active:
        ledger["sample_ids"] = {"rule": _given(rule), "matched_by_rule": by_rule}
    samples = align(metadata, table.samples, column, rule)
    matches, proposed = propose(alone, unused) if alone and unused else (0, rule)
    if matches:
        proposed = replace(rule, **_given(proposed))
        ledger["sample_ids_proposed"] = {"rule": _given(proposed), "matches": matches}
    notes = _notes(rule, len(by_rule), matches, proposed)
    return Matched(samples, column, ledger, tuple(notes))


def _given(rule: Rule) -> dict[str, Any]:
    return {key: value for key, value in asdict(rule).items() if value}


def _notes(rule: Rule, by_rule: int, matches: int, proposed: Rule) -> list[str]:
    notes = []
    if rule.active:
        notes.append(f"{by_rule} samples match only by `{rule.setting()}`, as configured")
    if matches:
        notes.append(
            f"{matches} more samples would match if {in_words(proposed)}: `{proposed.setting()}`"
        )
    return notes
