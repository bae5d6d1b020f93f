"""Files of one sample each: the name of the sample, and a folder of them as one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tryptome.errors import DuplicateIdError, FormatError, MissingFileError, TryptomeError
from tryptome.ingest.abundances import Abundances
from tryptome.ingest.cells import Cells
from tryptome.ingest.values import listed

_ENDING = re.compile(
    r"[._](gz|txt|tsv|csv|out|report|kreport2?|kraken2?|bracken|mpa|metaphlan\d?|profiled?)$",
    re.IGNORECASE,
)
"""Endings that tools and pipelines give to the file of a sample."""

MAX_FILES = 20_000


def sample_name(path: Path) -> tuple[str, str]:
    """Name of the sample that a file holds, from the file's name; and that it is so.

    Examples
    --------
    >>> sample_name(Path("runs/S-1.kraken2.report.txt.gz"))[0]
    'S-1'
    >>> sample_name(Path("SRS014459-Stool_profile.tsv"))[0]
    'SRS014459-Stool'
    """
    name = path.name
    while (shorter := _ENDING.sub("", name)) != name and shorter:
        name = shorter
    return name, f"the file holds one sample and does not name it: `{name}`, from the file's name"


def files_of(folder: Path) -> list[Path]:
    """Files of a folder, sorted by name; hidden ones and folders are passed over.

    Raises
    ------
    MissingFileError
        There are none, or more than `MAX_FILES`.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise MissingFileError(
            f"the folder cannot be read ({(error.strerror or str(error)).lower()})",
            place=str(folder),
            remedy="check its permissions",
        ) from error
    found = [entry for entry in entries if entry.is_file() and not entry.name.startswith(".")]
    if not found or len(found) > MAX_FILES:
        raise MissingFileError(
            f"the folder holds {len(found):,} files",
            place=str(folder),
            remedy="give the abundance table, or a folder with one file a sample "
            f"({MAX_FILES:,} at most)",
        )
    return found


def read_folder(folder: Path, read: Callable[[Path], Abundances]) -> Abundances:
    """Read the files of a folder, one sample each, as one table.

    Parameters
    ----------
    folder : pathlib.Path
    read : callable
        Reads one file.

    Raises
    ------
    FormatError
        A file holds several samples, or a feature has one lineage here and another there.
    DuplicateIdError
        Two files hold a sample of the same name.
    """
    tables = [_single(path, read) for path in files_of(folder)]
    names = [table.samples[0] for table in tables]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DuplicateIdError(
            f"several files hold a sample of the same name: {listed(repeated)}",
            place=str(folder),
            remedy="rename the files, so that each sample has a name of its own",
        )
    lineages = _union(tables, folder)
    row_of = {name: row for row, name in enumerate(lineages)}
    texts = list(lineages.values())
    return replace(
        tables[0],
        cells=_side_by_side(tables, row_of),
        features=list(lineages),
        samples=names,
        lineages=texts if any(texts) else None,
        place=str(folder),
        format=f"{len(tables)} files, {', '.join(sorted({table.format for table in tables}))}",
        notes=(
            f"the folder's {len(tables)} files are one sample each, named after its file",
            f"of the first, {names[0]}:",
            *tables[0].notes,
        ),
        about_samples=[],
        accounts=_accounts(tables),
    )


def _single(path: Path, read: Callable[[Path], Abundances]) -> Abundances:
    """Read a file that must hold one sample."""
    why = (
        "the files of a folder must hold one sample each: name the table itself, or move this file"
    )
    try:
        table = read(path)
    except TryptomeError as error:
        raise type(error)(error.what, place=error.place, remedy=f"{error.remedy}; {why}") from error
    if len(table.samples) == 1:
        return table
    raise FormatError(f"the file holds {len(table.samples)} samples", place=table.place, remedy=why)


def _union(tables: Sequence[Abundances], folder: Path) -> dict[str, str]:
    """Every feature with its lineage, in the order in which they first occur."""
    lineages: dict[str, str] = {}
    for table in tables:
        for name, lineage in zip(
            table.features, table.lineages or [""] * len(table.features), strict=True
        ):
            if lineages.setdefault(name, lineage) != lineage:
                raise FormatError(
                    f"feature `{name[:80]}` is `{lineage[:200]}` here and "
                    f"`{lineages[name][:200]}` in another file",
                    place=table.place,
                    remedy="profile all samples against the same reference",
                )
    return lineages


def _side_by_side(tables: Sequence[Abundances], row_of: dict[str, int]) -> Cells:
    import numpy as np
    from scipy.sparse import csr_matrix

    rows, columns, data = [], [], []
    for column, table in enumerate(tables):
        matrix = table.values.tocoo()
        rows += [row_of[table.features[row]] for row in matrix.row]
        columns += [column] * matrix.nnz
        data.append(matrix.data)
    shape = (len(row_of), len(tables))
    return Cells.of(csr_matrix((np.concatenate(data), (rows, columns)), shape=shape))


def _accounts(tables: Sequence[Abundances]) -> dict[str, Any]:
    """What each file says of its rows, under the name of its sample."""
    found = {table.samples[0]: table.accounts for table in tables if table.accounts}
    return {"files": found} if found else {}
