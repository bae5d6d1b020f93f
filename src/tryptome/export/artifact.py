"""Writing QIIME 2 artifacts without QIIME 2: the same content gives the same bytes.

The layout is that of archive version 5, as QIIME 2 2022.11 writes and checks it
(``qiime2/core/archive/format/v5.py``): one folder named by a UUID, with the data,
where they are from, and MD5 sums of all of it.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import uuid
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import tryptome
from tryptome.atomic import whole
from tryptome.tables import EPOCH

VERSION = "QIIME 2\narchive: 5\nframework: 2022.11.1\n"
"""Archive version, and the release that the layout follows."""

PIECE = 2**20
"""Bytes that are read at a time."""

ACTION = """\
execution:
    uuid: {run}
    runtime:
        start: {epoch}
        end: {epoch}
        duration: 0 microseconds

action:
    type: import
    format: {format}
    manifest:
{manifest}

environment:
    platform: any
    python: any
    framework:
        version: 2022.11.1
        website: https://qiime2.org
    plugins: {{}}
    python-packages:
        tryptome: {version}
"""
"""Provenance. Its times are fixed, like that of the zip, so that bytes repeat."""

CITATION = """\
@misc{{tryptome,
 author = {{{{The tryptome developers}}}},
 title = {{tryptome}},
 note = {{Version {version}}}
}}
"""


@dataclass(frozen=True)
class Kind:
    """A kind of artifact.

    Attributes
    ----------
    type, format : str
        Semantic type, and format of the folder, by the names that QIIME 2 has for them.
    file : str
        Name of its one file of data.
    """

    type: str
    format: str
    file: str


FREQUENCIES = Kind("FeatureTable[Frequency]", "BIOMV210DirFmt", "feature-table.biom")
PER_SAMPLE = Kind(
    "SampleData[AlphaDiversity]", "AlphaDiversityDirectoryFormat", "alpha-diversity.tsv"
)
"""The only kind that QIIME 2 2022.11 has for numbers of a sample."""


def write_artifact(kind: Kind, data: BinaryIO, path: str | os.PathLike[str]) -> None:
    """Write an artifact, whole or not at all.

    Parameters
    ----------
    kind : Kind
    data : file
        Content of its one file, which is read piece by piece.
    path : path-like
        The ``.qza`` to write.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    name = _identifier(kind, data)
    files = _contents(kind, data, name)
    sums = "".join(f"{_digest('md5', content)}  {file}\n" for file, content in files.items())
    files["checksums.md5"] = io.BytesIO(sums.encode())
    with whole(path) as partial, zipfile.ZipFile(partial, "w") as opened:
        for file, content in files.items():
            entry = zipfile.ZipInfo(f"{name}/{file}", EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            # Otherwise it is that of the system that writes.
            entry.create_system = 3
            entry.file_size = content.seek(0, os.SEEK_END)
            content.seek(0)
            with opened.open(entry, "w") as packed:
                shutil.copyfileobj(content, packed, PIECE)


def _identifier(kind: Kind, data: BinaryIO, salt: str = "") -> uuid.UUID:
    """UUID of an artifact, drawn from its content in place of chance.

    Examples
    --------
    >>> _identifier(FREQUENCIES, io.BytesIO(b"a")) == _identifier(FREQUENCIES, io.BytesIO(b"a"))
    True
    >>> _identifier(FREQUENCIES, io.BytesIO(b"a")) == _identifier(FREQUENCIES, io.BytesIO(b"b"))
    False
    >>> _identifier(FREQUENCIES, io.BytesIO(b"a")).version
    4
    """
    digest = _digest("sha256", data, f"{salt}\n{kind.type}\n".encode())
    return uuid.UUID(bytes=bytes.fromhex(digest)[:16], version=4)


def _digest(method: str, data: BinaryIO, before: bytes = b"") -> str:
    """Digest of a file's content, behind some bytes."""
    data.seek(0)
    found = hashlib.new(method, before, usedforsecurity=False)
    while piece := data.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def _contents(kind: Kind, data: BinaryIO, name: uuid.UUID) -> dict[str, BinaryIO]:
    """Files of an artifact below its folder, but for the checksums."""
    metadata = f"uuid: {name}\ntype: {kind.type}\nformat: {kind.format}\n"
    action = ACTION.format(
        run=_identifier(kind, data, "run"),
        epoch=f"{EPOCH.isoformat()}+00:00",
        format=kind.format,
        manifest=f"    -   name: {kind.file}\n        md5sum: {_digest('md5', data)}",
        version=tryptome.__version__,
    )
    citation = CITATION.format(version=tryptome.__version__)
    return {
        "VERSION": _file(VERSION),
        "metadata.yaml": _file(metadata),
        f"data/{kind.file}": data,
        "provenance/VERSION": _file(VERSION),
        "provenance/metadata.yaml": _file(metadata),
        "provenance/citations.bib": _file(citation),
        "provenance/action/action.yaml": _file(action),
    }


def _file(text: str) -> BinaryIO:
    return io.BytesIO(text.encode())
