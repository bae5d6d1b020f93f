"""KO and EC numbers of an annotated genome: GenBank, eggNOG-mapper and KofamScan files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.errors import FormatError, MissingFileError

if TYPE_CHECKING:
    from Bio.SeqFeature import SeqFeature

_KO = re.compile(r"\b(?:KO|KEGG)[:_](K\d{5})\b", re.IGNORECASE)
_EC = re.compile(r"\bEC[:_ ]?(\d+\.\d+\.\d+\.\d+)\b", re.IGNORECASE)
_RECORD = re.compile(r"^LOCUS ", re.MULTILINE)
_CDS = re.compile(r"^ {5}CDS ", re.MULTILINE)
_FULL_EC = re.compile(r"^\d+\.\d+\.\d+\.\d+$")
_BARE_KO = re.compile(r"^K\d{5}$")
MAX_SIZE = 2**28
"""Bytes of an annotated genome, unpacked; a bacterium's GenBank file has under 50 MiB."""

_GZIP = b"\x1f\x8b"
_PSEUDO = ("pseudo", "pseudogene")
_DETAIL_FIELDS = 6
"""Least fields of a row of KofamScan's `detail-tsv`, whose first one marks significant hits."""


@dataclass(frozen=True)
class Annotation:
    """What was found in a genome.

    Attributes
    ----------
    numbers : frozenset of str
        KO and complete EC numbers of its genes.
    kinds : frozenset of str
        ``ko``, ``ec``: the systems by which its genes were named. What is of another one was
        not looked for.
    """

    numbers: frozenset[str]
    kinds: frozenset[str]


def read_annotation(path: Path, format: str) -> Annotation:
    """Read an annotated genome.

    Parameters
    ----------
    path : pathlib.Path
        May be compressed with gzip.
    format : str
        ``genbank``; ``eggnog``, the table ``.emapper.annotations``; or ``kofamscan``, any of
        its formats ``detail``, ``detail-tsv`` (hits above their threshold) and ``mapper``.

    Raises
    ------
    MissingFileError
        The file cannot be read.
    FormatError
        It is not of this format, or none of its genes has a KO or EC number.
    """
    annotation = _READERS[format](_text(path), str(path))
    if not annotation.numbers:
        raise FormatError(
            "no gene of this genome has a KO or a complete EC number",
            place=str(path),
            remedy="annotate it with eggNOG-mapper or KofamScan; names of products are not read",
        )
    return annotation


def check_annotation(path: Path, format: str) -> None:
    """Look whether a file is an annotated genome of a format, before any job reads it.

    Of a GenBank file the records and the features are looked for only: to parse
    them takes seconds a genome.

    Raises
    ------
    MissingFileError, FormatError
        As :func:`read_annotation`.
    """
    if format != "genbank":
        read_annotation(path, format)
        return
    text = _text(path)
    if not _RECORD.search(text):
        raise _not("GenBank", str(path))
    if not _CDS.search(text):
        raise _no_features(str(path))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as plain:
            packed = plain.read(len(_GZIP)) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as stream:
            content = stream.read(MAX_SIZE + 1)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "damaged, or no text"
        raise MissingFileError(
            f"cannot read the annotated genome ({str(told).lower()})",
            place=str(path),
            remedy="check the path and that the file is whole",
        ) from error
    if len(content) > MAX_SIZE:
        raise FormatError(
            f"the annotated genome has more than {MAX_SIZE // 2**20} MiB",
            place=str(path),
            remedy="one file holds one genome",
        )
    return text


def _genbank(text: str, place: str) -> Annotation:
    from io import StringIO

    from Bio import SeqIO

    try:
        records = list(SeqIO.parse(StringIO(text), "genbank"))  # type: ignore[no-untyped-call]
    except Exception as error:
        # Biopython raises whatever its parser trips over.
        raise _not("GenBank", place, f" ({' '.join(str(error).split())[:200]})") from error
    if not records:
        raise _not("GenBank", place)
    genes = [f for record in records for f in record.features if f.type == "CDS"]
    if not genes:
        raise _no_features(place)
    numbers = frozenset(n for gene in genes for n in _numbers_of_gene(gene))
    return Annotation(numbers, frozenset("ko" if n.startswith("K") else "ec" for n in numbers))


def _numbers_of_gene(gene: SeqFeature) -> Iterator[str]:
    if any(mark in gene.qualifiers for mark in _PSEUDO):
        return
    yield from filter(_FULL_EC.match, gene.qualifiers.get("EC_number", []))
    for value in (text for values in gene.qualifiers.values() for text in values):
        yield from (number.upper() for number in _KO.findall(value))
        yield from _EC.findall(value)


def _eggnog(text: str, place: str) -> Annotation:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("##")]
    header = lines[0].lstrip("#").split("\t") if lines else []
    if "KEGG_ko" not in header:
        raise _not("eggNOG-mapper", place, ": no header with the column KEGG_ko")
    ko = header.index("KEGG_ko")
    ec = header.index("EC") if "EC" in header else None
    numbers: set[str] = set()
    for line in lines[1:]:
        values = line.split("\t")
        if len(values) != len(header):
            raise _not("eggNOG-mapper", place, f": a row has {len(values)} fields")
        numbers |= {name.removeprefix("ko:") for name in values[ko].split(",")}
        numbers |= set(values[ec].split(",")) if ec is not None else set()
    kept = frozenset(n for n in numbers if _BARE_KO.match(n) or _FULL_EC.match(n))
    return Annotation(kept, frozenset({"ko"} if ec is None else {"ko", "ec"}))


def _kofamscan(text: str, place: str) -> Annotation:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    hits = [_kofam_hit(line) for line in lines]
    if not hits or all(hit is None for hit in hits):
        raise _not("KofamScan", place, ": no row names a gene, or a gene and a KO")
    return Annotation(frozenset(hit for hit in hits if hit), frozenset({"ko"}))


def _kofam_hit(line: str) -> str | None:
    """KO of a row; empty where the gene has none or its hit is insignificant; None for no row."""
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) >= _DETAIL_FIELDS:
        marked, ko = fields[0] == "*", fields[2]
    elif "\t" in line:
        marked, ko = True, fields[1]
    else:
        words = line.split()
        if len(words) == 1:
            return ""
        marked, ko = words[0] == "*", words[2 if words[0] == "*" else 1]
    if not _BARE_KO.match(ko):
        return "" if "\t" in line and not ko else None
    return ko if marked else ""


def _not(format: str, place: str, told: str = "") -> FormatError:
    return FormatError(
        f"this is no {format} file{told}",
        place=place,
        remedy="check `file` and `format` in the sheet of genomes",
    )


_READERS: dict[str, Callable[[str, str], Annotation]] = {
    "genbank": _genbank,
    "eggnog": _eggnog,
    "kofamscan": _kofamscan,
}


def _no_features(place: str) -> FormatError:
    return FormatError(
        "the GenBank file holds no features of the type CDS",
        place=place,
        remedy="annotate the genome first: a sequence alone tells no capability",
    )
