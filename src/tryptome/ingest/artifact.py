"""Opening QIIME 2 artifacts (.qza) without QIIME 2: what they are, and their data."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from tryptome.errors import FormatError
from tryptome.ingest.archive import ZIP, archive, content, first_name

TABLE = "data/feature-table.biom"
TAXONOMY = "data/taxonomy.tsv"
METADATA = "data/metadata.tsv"
SEQUENCES = "data/dna-sequences.fasta"

DATA = {
    "FeatureTable": TABLE,
    "FeatureData[Taxonomy]": TAXONOMY,
    "FeatureData[Sequence]": SEQUENCES,
    "ImmutableMetadata": METADATA,
}
"""Types of artifacts, in part or in full, and the file of each that is read."""

MAX_DESCRIPTION = 2**14
"""Most bytes of an artifact's description of itself."""

_ROOT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/)")
_TYPE = re.compile(r"(\w+)(?:\[(\w+).*\])?")


@dataclass(frozen=True)
class Artifact:
    """What an artifact says of itself.

    Attributes
    ----------
    type : str
        Semantic type in full, for example ``FeatureTable[Frequency]``.
    kind, variant : str
        Its two parts, without properties: ``FeatureTable`` and ``Frequency``.
    """

    type: str
    kind: str
    variant: str

    @property
    def data(self) -> str:
        """File of the archive that is read, below its root; empty where the type is not read."""
        return DATA.get(f"{self.kind}[{self.variant}]", DATA.get(self.kind, ""))


def is_artifact(start: bytes) -> bool:
    """Tell whether a file is an artifact: a zip archive in which all lies in a folder of a UUID."""
    return start.startswith(ZIP) and bool(_ROOT.match(first_name(start)))


@contextmanager
def open_artifact(stream: BinaryIO, place: str) -> Iterator[tuple[Artifact, BinaryIO]]:
    """Open an artifact: what it is, and the file with its data.

    Parameters
    ----------
    stream : binary file
        Seekable.
    place : str
        The file, for messages.

    Raises
    ------
    FormatError
        It is damaged or unsafe, or of a kind that is not read.
    """
    with archive(stream, place) as opened:
        root = _root(opened, place)
        described = _describe(opened, root, place)
        if not described.data:
            raise FormatError(
                f"the QIIME 2 artifact is of type {described.type}, which is not read",
                place=place,
                remedy="give a FeatureTable, a FeatureData[Taxonomy], or files exported from it",
            )
        try:
            data = content(opened, f"{root}/{described.data}")
        except KeyError as error:
            raise _malformed(f"it has no `{described.data}`", place) from error
        yield described, data


def _root(opened: zipfile.ZipFile, place: str) -> str:
    """Folder of the archive in which all of it lies."""
    roots = {name.split("/")[0] for name in opened.namelist()}
    if len(roots) != 1 or not _ROOT.match(f"{min(roots)}/"):
        raise _malformed("not all of it lies in one folder named by a UUID", place)
    return roots.pop()


def _describe(opened: zipfile.ZipFile, root: str, place: str) -> Artifact:
    import yaml

    try:
        text = content(opened, f"{root}/metadata.yaml").read(MAX_DESCRIPTION)
        # The base loader makes nothing but texts, lists and mappings, whatever tags there are.
        said: Any = yaml.load(text, Loader=yaml.BaseLoader)
    except (KeyError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        raise _malformed("its `metadata.yaml` cannot be read", place) from error
    found = said.get("type") if isinstance(said, dict) else None
    match = _TYPE.fullmatch(found) if isinstance(found, str) else None
    if match is None:
        raise _malformed("its `metadata.yaml` names no type", place)
    return Artifact(match[0], match[1], match[2] or "")


def _malformed(what: str, place: str) -> FormatError:
    return FormatError(
        f"the file is no sound QIIME 2 artifact: {what}",
        place=place,
        remedy="save the artifact again, or export it with `qiime tools export`",
    )
