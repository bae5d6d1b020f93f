"""Representative sequences of features, from FASTA, and what they are used for.

They are kept with their features. Where a feature is named by its sequence, or
by the MD5 hash of it as QIIME 2 does, that is checked; and a taxonomy that is
keyed by sequences, or by their hashes, finds its features through them.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tryptome.errors import DuplicateIdError, FormatError, MismatchError
from tryptome.ingest.lineage import is_sequence
from tryptome.ingest.source import MAX_HELD, existing, head, text
from tryptome.ingest.taxonomy import Taxonomy
from tryptome.ingest.values import listed

LETTERS = re.compile(r"[ACGTUNRYSWKMBDHV.\-]+", re.IGNORECASE)
"""Nucleotides with their ambiguity codes, and gaps."""

LONGEST = 100_000
"""Most letters of one sequence; a 16S gene has about 1,500."""

HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sequences:
    """Sequences as a file has them.

    Attributes
    ----------
    place : str
        The file.
    by_id : dict of str to str
        Sequence of each id, as written.
    """

    place: str
    by_id: dict[str, str]


@dataclass(frozen=True)
class Kept:
    """What became of the sequences.

    Attributes
    ----------
    of_feature : list of str
        Sequence of each feature, empty where there is none.
    ledger : dict or None
        Entry ``sequences`` of the ledger; None where no file came along.
    """

    of_feature: list[str]
    ledger: dict[str, Any] | None


def md5(sequence: str) -> str:
    """Hash of a sequence, as QIIME 2 names features.

    Examples
    --------
    >>> md5("ACGT")
    'f1f8f4bf413b16ad135722aa4591043e'
    """
    return hashlib.md5(sequence.encode(), usedforsecurity=False).hexdigest()


def read_sequences(path: str | Path) -> Sequences:
    """Read a FASTA file (gzipped or not), bounded.

    Raises
    ------
    MissingFileError
        It does not exist or cannot be read.
    FormatError
        It is no FASTA file, or a record has no sequence, none of nucleotides, or one too long.
    DuplicateIdError
        Two records have the same id.
    """
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    path = existing(path, "file of sequences")
    if not head(path).removeprefix(codecs.BOM_UTF8).startswith(b">"):
        raise FormatError(
            "the file of sequences is not in FASTA format",
            place=f"{path}, line 1",
            remedy="its first line must begin with `>` and an id",
        )
    found: dict[str, str] = {}
    letters = 0
    with text(path) as lines:
        for title, sequence in SimpleFastaParser(lines):  # type: ignore[no-untyped-call]
            name = title.split(maxsplit=1)[0] if title.strip() else ""
            _check(name, sequence, found, str(path))
            found[name] = sequence
            letters += len(sequence)
            if letters > MAX_HELD:
                raise _too_many(path)
    return Sequences(str(path), found)


def _too_many(path: Path) -> FormatError:
    return FormatError(
        f"the sequences have more than {MAX_HELD // 2**20} million letters",
        place=str(path),
        remedy="give one representative sequence for each feature",
    )


def _check(name: str, sequence: str, found: dict[str, str], path: str) -> None:
    place = f"{path}, record `{name[:80]}`"
    if name in found:
        raise DuplicateIdError(
            "an id occurs more than once", place=place, remedy="keep one record for each id"
        )
    if len(sequence) > LONGEST:
        raise FormatError(
            f"a sequence has more than {LONGEST:,} letters",
            place=place,
            remedy="give the amplicons or 16S genes, not genomes",
        )
    if not name or not LETTERS.fullmatch(sequence):
        raise FormatError(
            "the record has no id, or no sequence of nucleotides",
            place=place,
            remedy="give `>id` and, below it, letters such as ACGTN",
        )


def keep(features: Sequence[str], given: Sequences | None) -> Kept:
    """Find the sequence of each feature: by id, by hash, or because the id is the sequence.

    A feature whose id looks like a hash and is not that of the sequence under
    its id has none: the sequence is another one's.

    Parameters
    ----------
    features : sequence of str
        Ids of the table.
    given : Sequences or None

    Raises
    ------
    MismatchError
        The file has no sequence for any feature.
    """
    if given is None:
        return Kept([name if is_sequence(name) else "" for name in features], None)
    by_hash = {md5(sequence): sequence for sequence in given.by_id.values()}
    known = set(given.by_id.values())
    kept: list[str] = []
    not_md5: list[str] = []
    for name in features:
        sequence = by_hash.get(name) or given.by_id.get(name) or (name if name in known else "")
        if HASH.fullmatch(name) and sequence and md5(sequence) != name:
            not_md5.append(name)
            sequence = ""
        kept.append(sequence)
    without = [name for name, sequence in zip(features, kept, strict=True) if not sequence]
    if len(without) == len(features):
        raise _no_match(features, given, not_md5)
    return Kept(
        kept,
        {
            "given": len(given.by_id),
            "matched": len(features) - len(without),
            "features_without_sequence": without,
            "not_md5": not_md5,
        },
    )


def _no_match(features: Sequence[str], given: Sequences, not_md5: Sequence[str]) -> MismatchError:
    if not_md5:
        return MismatchError(
            "the features are named by hashes, and none is the MD5 of its sequence",
            place=f"{given.place}, record `{not_md5[0]}`",
            remedy="give the sequences from which the table was made, not trimmed or aligned",
        )
    return MismatchError(
        f"no feature of the table has a sequence: the table has {listed(list(features))}, "
        f"the sequences have {listed(list(given.by_id))}",
        place=given.place,
        remedy="use the ids of the table, or the MD5 hashes of the sequences",
    )


def by_sequence(taxonomy: Taxonomy, features: Sequence[str], sequences: Sequence[str]) -> Taxonomy:
    """Name a taxonomy's sequences, or their hashes, by the features that have them.

    Returns
    -------
    Taxonomy
        As given, if any feature is in it by name or none by its sequence.
    """
    if any(name in taxonomy.lineages for name in features):
        return taxonomy
    key = {
        name: sequence if sequence in taxonomy.lineages else md5(sequence)
        for name, sequence in zip(features, sequences, strict=True)
        if sequence
    }
    found = {name: k for name, k in key.items() if k in taxonomy.lineages}
    if not found:
        return taxonomy
    note = f"taxonomy: found for {len(found)} features through their sequences"
    return replace(
        taxonomy,
        lineages={name: taxonomy.lineages[k] for name, k in found.items()},
        repeated=frozenset(name for name, k in found.items() if k in taxonomy.repeated),
        notes=(*taxonomy.notes, note),
    )
