"""Reading a table of feature ids and lineages, and giving every feature its lineage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tryptome.errors import DuplicateIdError, FormatError, MismatchError
from tryptome.ingest import artifact
from tryptome.ingest.fields import Fields, fields
from tryptome.ingest.lineage import RANKS, is_lineage, is_sequence, join_ranks, rank_columns
from tryptome.ingest.matching import explain_mismatch, suggest
from tryptome.ingest.qiime2 import expect
from tryptome.ingest.source import existing
from tryptome.ingest.values import listed
from tryptome.ingest.words import ID_WORDS, INDEX_WORDS, LINEAGE_WORDS, word


@dataclass(frozen=True)
class Taxonomy:
    """Lineages by feature id.

    Attributes
    ----------
    lineages : dict of str to str
        As in the file.
    repeated : frozenset of str
        Ids that the file gives more than once.
    place : str
    notes : tuple of str
    """

    lineages: dict[str, str]
    repeated: frozenset[str]
    place: str
    notes: tuple[str, ...]


def read_taxonomy(path: str | Path) -> Taxonomy:
    """Read a taxonomy table: one column of lineages, or one a rank, with or without a header.

    Raises
    ------
    MissingFileError, FormatError, EmptyTableError
        It cannot be read, or has no column of lineages.
    """
    path = existing(path, "taxonomy")
    expect(path, artifact.TAXONOMY, "taxonomy")
    has_header = not _first_row_has_lineage(path)
    lineages: dict[str, str] = {}
    repeated: set[str] = set()
    with fields(path, has_header=has_header, ragged=True) as table:
        column, ranks, reason = _find_columns(table)
        ids = _id_column(table)
        for _, row in table.rows:
            name = row[ids]
            if name in lineages:
                repeated.add(name)
            lineages[name] = (
                join_ranks((row[i] for i in ranks), ranks.values()) if ranks else row[column]
            )
    return Taxonomy(lineages, frozenset(repeated), str(path), (reason,))


def _first_row_has_lineage(path: Path) -> bool:
    with fields(path, ragged=True) as table:
        return any(is_lineage(name) for name in table.header[1:])


def _id_column(table: Fields) -> int:
    """Column of feature ids: the one so named, or the first, unless it only counts the rows."""
    words = [word(name) for name in table.header]
    named = next((i for i, name in enumerate(words) if name in ID_WORDS), None)
    if words[0] in INDEX_WORDS:
        counted = [str(i + 1) for i in range(len(table.peek))]
        if named is not None and [row[0] for row in table.peek] == counted:
            return named
    if named is not None and (words[0] in LINEAGE_WORDS or words[0] in RANKS):
        return named
    return 0


def _find_columns(table: Fields) -> tuple[int, dict[int, str], str]:
    """Column of lineages, or columns of ranks, and how they were told."""
    header = table.header
    ids = _id_column(table)
    named = [i for i, name in enumerate(header) if word(name) in LINEAGE_WORDS and i != ids]
    if named:
        return named[0], {}, f"taxonomy: lineages are in column `{header[named[0]]}`"
    ranks = rank_columns(header)
    if ranks:
        names = ", ".join(header[i] for i in ranks)
        return 0, ranks, f"taxonomy: lineages are written from the columns {names}"
    # Many rows may be unassigned, so that few lineages tell the column as well as many.
    lineages = {i: sum(is_lineage(row[i]) for row in table.peek) for i in range(1, len(header))}
    most = max(lineages, key=lineages.__getitem__, default=0)
    if lineages.get(most):
        return most, {}, f"taxonomy: lineages are in {header[most]}, told by their form"
    raise FormatError(
        "no column holds lineages",
        place=table.place,
        remedy="name the column `Taxon`, or give one column a rank (Kingdom, Phylum, …)",
    )


def by_hash(taxonomy: Taxonomy, features: Sequence[str]) -> Taxonomy:
    """Name a taxonomy's sequences by their MD5 hashes, where these are the ids of the features.

    QIIME 2 names a feature by the hash of its sequence, or by the sequence itself.

    Parameters
    ----------
    taxonomy : Taxonomy
    features : sequence of str
        Ids of the table.

    Returns
    -------
    Taxonomy
        As given, if any feature is in it by name or none by hash.
    """
    if any(name in taxonomy.lineages for name in features):
        return taxonomy
    hashes = {
        hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(): name
        for name in taxonomy.lineages
        if is_sequence(name)
    }
    found = sum(name in hashes for name in features)
    if not found:
        return taxonomy
    return replace(
        taxonomy,
        lineages={key: taxonomy.lineages[name] for key, name in hashes.items()},
        repeated=frozenset(key for key, name in hashes.items() if name in taxonomy.repeated),
        notes=(
            *taxonomy.notes,
            f"taxonomy: its ids are sequences, whose MD5 hashes are the ids of {found} features",
        ),
    )


def assign(features: Sequence[str], taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """Give every feature the lineage that the taxonomy has for it.

    Returns
    -------
    lineages : list of str
        One a feature; empty where the taxonomy has none.
    missing : list of str
        Features that the taxonomy does not name or leaves without lineage.

    Raises
    ------
    DuplicateIdError
        The taxonomy names a feature of the table more than once.
    MismatchError
        It names no feature of the table at all.
    """
    repeated = [name for name in features if name in taxonomy.repeated]
    if repeated:
        raise DuplicateIdError(
            f"features with more than one row ({len(repeated)}): {listed(repeated)}",
            place=taxonomy.place,
            remedy="keep one row a feature",
        )
    if not any(name in taxonomy.lineages for name in features):
        names = list(taxonomy.lineages)
        raise MismatchError(
            "no feature of the table is in the taxonomy: "
            + explain_mismatch(features, names, "the table", "the taxonomy's rows"),
            place=taxonomy.place,
            remedy=suggest(features, names) or "give the taxonomy that belongs to this table",
        )
    lineages = [taxonomy.lineages.get(name, "") for name in features]
    missing = [
        name for name, lineage in zip(features, lineages, strict=True) if not lineage.strip()
    ]
    return lineages, missing
