"""Reading feature tables out of QIIME 2 artifacts, and refusing those that hold no abundances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tryptome.errors import FormatError
from tryptome.ingest import biom_hdf5, biom_json
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.artifact import Artifact, is_artifact, open_artifact
from tryptome.ingest.source import head, seekable, signature

DECLARED = {"Frequency": "counts", "RelativeFrequency": "relative"}
"""Variants of a FeatureTable that are read, and what their values are."""

REASONS = {
    "PresenceAbsence": "it says which features are present, and not how abundant they are",
    "Composition": "a pseudocount was added to its counts, so that nothing in it is absent",
    "Balance": "it holds balances, which are log-ratios, of groups of features",
    "PercentileNormalized": "it holds percentiles among controls, not abundances",
    "Differential": "it holds differences between groups, not abundances",
}
"""Variants that are refused, and why."""


def recognise(start: bytes) -> str | None:
    """All that an artifact holds lies in a folder that is named by a UUID."""
    return "a zip archive whose files lie in a folder of a UUID" if is_artifact(start) else None


def read(path: Path, hints: Hints) -> Abundances:
    """Read an artifact of type FeatureTable[Frequency] or FeatureTable[RelativeFrequency].

    Raises
    ------
    FormatError
        It is damaged, unsafe, or of another type.
    """
    described = _described(path)
    _check_type(described, path)
    start = head(path)
    reader = biom_json.READER if biom_json.recognise(start) else biom_hdf5.READER
    table = reader.read(path, hints)
    return replace(
        table,
        format=f"QIIME 2 artifact {described.type}, {table.format}",
        declared=DECLARED[described.variant],
    )


READER = Reader("QIIME 2 artifact", recognise, read)


def expect(path: Path, data: str, role: str) -> None:
    """Check that a file, if it is an artifact, is one of the type that is wanted.

    Parameters
    ----------
    path : pathlib.Path
    data : str
        The file that artifacts of the type hold; see :mod:`tryptome.ingest.artifact`.
    role : str
        What the file is to a user, for example ``"taxonomy"``.

    Raises
    ------
    FormatError
        The artifact is of another type.
    """
    if not is_artifact(signature(path)):
        return
    described = _described(path)
    if described.data != data:
        raise FormatError(
            f"the QIIME 2 artifact is of type {described.type}, and no {role}",
            place=str(path),
            remedy=f"give the artifact with the {role}",
        )


def _described(path: Path) -> Artifact:
    with seekable(path) as stream, open_artifact(stream, str(path)) as (described, _):
        return described


def _check_type(described: Artifact, path: Path) -> None:
    if described.kind == "FeatureTable" and described.variant in DECLARED:
        return
    reason = REASONS.get(described.variant) if described.kind == "FeatureTable" else None
    raise FormatError(
        f"the QIIME 2 artifact is of type {described.type}: {reason}"
        if reason
        else f"the QIIME 2 artifact is of type {described.type}, and no table of abundances",
        place=str(path),
        remedy="give the FeatureTable[Frequency] from which it was made",
    )
