"""Writing QIIME 2 artifacts without QIIME 2: the same content gives the same bytes.

The layout is that of archive version 5, as QIIME 2 2022.11 writes and checks it
(``qiime2/core/archive/format/v5.py``): one folder named by a UUID, with the data,
where they are from, and MD5 sums of all of it.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zipfile
from dataclasses import dataclass

import tryptome
from tryptome.atomic import whole
from tryptome.tables import EPOCH

VERSION = "QIIME 2\narchive: 5\nframework: 2022.11.1\n"
"""Archive version, and the release that the layout follows."""

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


def write_artifact(kind: Kind, data: bytes, path: str | os.PathLike[str]) -> None:
    """Write an artifact, whole or not at all.

    Parameters
    ----------
    kind : Kind
    data : bytes
        Content of its one file.
    path : path-like
        The ``.qza`` to write.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    name = identifier(kind, data)
    files = contents(kind, data, name)
    sums = "".join(
        f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}  {file}\n"
        for file, content in files.items()
    )
    with whole(path) as partial, zipfile.ZipFile(partial, "w") as opened:
        for file, content in (files | {"checksums.md5": sums.encode()}).items():
            entry = zipfile.ZipInfo(f"{name}/{file}", EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            # Otherwise it is that of the system that writes.
            entry.create_system = 3
            opened.writestr(entry, content)


def identifier(kind: Kind, data: bytes, salt: str = "") -> uuid.UUID:
    """UUID of an artifact, drawn from its content in place of chance.

    Examples
    --------
    >>> identifier(FREQUENCIES, b"a") == identifier(FREQUENCIES, b"a")
    True
    >>> identifier(FREQUENCIES, b"a") == identifier(FREQUENCIES, b"b")
    False
    >>> identifier(FREQUENCIES, b"a").version
    4
    """
    digest = hashlib.sha256(f"{salt}\n{kind.type}\n".encode() + data).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def contents(kind: Kind, data: bytes, name: uuid.UUID) -> dict[str, bytes]:
    """Files of an artifact below its folder, but for the checksums."""
    metadata = f"uuid: {name}\ntype: {kind.type}\nformat: {kind.format}\n".encode()
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    action = ACTION.format(
        run=identifier(kind, data, "run"),
        epoch=f"{EPOCH.isoformat()}+00:00",
        format=kind.format,
        manifest=f"    -   name: {kind.file}\n        md5sum: {digest}",
        version=tryptome.__version__,
    )
    version = VERSION.encode()
    return {
        "VERSION": version,
        "metadata.yaml": metadata,
        f"data/{kind.file}": data,
        "provenance/VERSION": version,
        "provenance/metadata.yaml": metadata,
        "provenance/citations.bib": CITATION.format(version=tryptome.__version__).encode(),
        "provenance/action/action.yaml": action.encode(),
    }
