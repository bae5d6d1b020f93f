"""Reading BIOM 1.0 (JSON), sparse and dense."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tryptome.errors import EmptyTableError, FormatError, ValueProblemError
from tryptome.ingest.abundances import Abundances, Hints, Reader
from tryptome.ingest.cells import Cells
from tryptome.ingest.lineage import from_annotations
from tryptome.ingest.source import DAMAGED, text

MAX_CHARACTERS = 2**27
"""Most characters of a BIOM 1.0 file; parsed, it takes up to 20 times that in memory."""

PIECE = 2**20
"""Characters that are read at once."""

KEYS = ("rows", "columns", "data", "shape")
NUMERIC = ("int", "float")


def recognise(start: bytes) -> str | None:
    """JSON objects begin with a brace."""
    return "it begins with a JSON object" if start.lstrip().startswith(b"{") else None


def read(path: Path, hints: Hints) -> Abundances:
    """Read a BIOM 1.0 file.

    Raises
    ------
    FormatError
        It is damaged, is JSON but no BIOM, or its parts contradict each other.
    ValueProblemError
        Its matrix holds text.
    EmptyTableError
        It holds no features or no samples.
    """
    document = _document(path)
    features = _ids(document["rows"], "rows", path)
    samples = _ids(document["columns"], "columns", path)
    if not features or not samples:
        raise EmptyTableError(
            f"the table holds {len(features)} features and {len(samples)} samples",
            place=str(path),
            remedy="export the table again, before it was filtered to nothing",
        )
    if document["shape"] != [len(features), len(samples)]:
        raise _malformed("its shape is not that of its rows and columns", path)
    lineages = [from_annotations(row.get("metadata")) for row in document["rows"]]
    if not _encodable((*features, *samples, *lineages)):
        raise _malformed(
            "an id or a lineage holds half of a character (`\\ud800` to `\\udfff`)", path
        )
    return Abundances(
        cells=Cells.of(_matrix(document, (len(features), len(samples)), path)),
        features=features,
        samples=samples,
        lineages=lineages if any(lineages) else None,
        place=str(path),
        format="BIOM 1.0 (JSON)",
    )


READER = Reader("BIOM 1.0 (JSON)", recognise, read)


def _document(path: Path) -> dict[str, Any]:
    """Parse the file, and check that the keys of BIOM 1.0 are there."""
    try:
        document = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"the BIOM 1.0 file is damaged or truncated ({error})",
            place=str(path),
            remedy=DAMAGED,
        ) from error
    missing = [key for key in KEYS if key not in document]
    if missing:
        raise _malformed(f"it has no `{missing[0]}`", path)
    return dict(document)


def _content(path: Path) -> str:
    """Read the text in pieces: asked for all at once, Python reserves the most there could be."""
    pieces: list[str] = []
    size = 0
    with text(path) as handle:
        while piece := handle.read(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_CHARACTERS:
                raise FormatError(
                    f"the BIOM 1.0 file has more than {MAX_CHARACTERS // 2**20} million characters",
                    place=str(path),
                    remedy="convert it: `biom convert --to-hdf5`",
                )
    return "".join(pieces)


def _ids(entries: object, key: str, path: Path) -> list[str]:
    if not isinstance(entries, list):
        raise _malformed(f"its `{key}` are no list", path)
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str | int):
            raise _malformed(f"entry {number} of its `{key}` has no id", path)
    return [str(entry["id"]) for entry in entries]


def _encodable(texts: Iterable[str]) -> bool:
    """Tell whether texts can be written: JSON's escapes may stand for halves of characters."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _matrix(document: dict[str, Any], shape: tuple[int, int], path: Path) -> Any:
    import numpy as np
    from scipy.sparse import csr_matrix

    element = document.get("matrix_element_type", "float")
    if element not in NUMERIC:
        raise ValueProblemError(
            f"the matrix holds text, not numbers (matrix_element_type is `{element}`)",
            place=str(path),
            remedy="export a table of counts or relative abundances",
        )
    try:
        data = np.asarray(document["data"])
    except ValueError as error:
        raise _malformed("the rows of its `data` differ in length", path) from error
    if data.size and data.dtype.kind not in "iuf":
        raise ValueProblemError(
            "the matrix holds something that is no number",
            place=f"{path}, `data`",
            remedy="replace text and null by numbers",
        )
    # Some writers leave out the type of the matrix; its shape tells it then.
    guessed = "dense" if data.shape == shape else "sparse"
    if document.get("matrix_type", guessed) == "dense":
        if data.shape != shape:
            raise _malformed("its `data` have another shape than its ids", path)
        return csr_matrix(data.astype(float))
    return _sparse(data, shape, path)


def _sparse(data: Any, shape: tuple[int, int], path: Path) -> Any:
    """Matrix out of triples: row, column, value."""
    import numpy as np
    from scipy.sparse import coo_matrix, csr_matrix

    if data.size == 0:
        return csr_matrix(shape, dtype=float)
    if data.ndim != 2 or data.shape[1] != 3:  # noqa: PLR2004
        raise _malformed("its `data` are no triples of row, column and value", path)
    places = data[:, :2]
    if (places < 0).any() or (places >= shape).any() or (places != np.floor(places)).any():
        raise _malformed("its `data` name a row or a column that it does not have", path)
    rows, columns = places.astype(np.int64).T
    if len(np.unique(rows * shape[1] + columns)) != len(rows):
        raise _malformed("its `data` give the same cell more than once", path)
    return coo_matrix((data[:, 2].astype(float), (rows, columns)), shape=shape).tocsr()


def _malformed(what: str, path: Path) -> FormatError:
    return FormatError(
        f"the file is JSON but no sound BIOM 1.0 table: {what}",
        place=str(path),
        remedy="export the table again with biom-format, or give it as TSV",
    )
