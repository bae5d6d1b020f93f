"""What can be said of the values of a table after reading them once, part by part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tryptome.ingest.cells import Cells


@dataclass(frozen=True)
class Bad:
    """Values that no abundance can have: where the first is, and how many there are."""

    row: int
    column: int
    value: float
    count: int


@dataclass
class Facts:
    """What was seen of the values.

    Attributes
    ----------
    column_sums : numpy.ndarray of float, shape (columns,)
    bad : dict of str to Bad
        By what is wrong with them: ``not a number``, ``infinite``, ``negative``.
    total : float
        Sum of all values.
    largest : float
        Largest value, 0 where there is none.
    whole : bool
        Whether all values are whole numbers.
    """

    column_sums: NDArray[np.float64]
    bad: dict[str, Bad]
    total: float = 0.0
    largest: float = 0.0
    whole: bool = True


def facts_of(parts: Iterable[Cells], columns: int) -> Facts:
    """Read all parts of a table once.

    Parameters
    ----------
    parts : iterable of Cells
        All rows in their order.
    columns : int
    """
    import numpy as np

    facts = Facts(np.zeros(columns), {})
    first_row = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for part in parts:
            _add(facts, part, first_row)
            first_row += part.shape[0]
    return facts


def _add(facts: Facts, part: Cells, first_row: int) -> None:
    import numpy as np

    data = part.data
    # One after the other, as they lie in the file, so that parts change no rounding.
    np.add.at(facts.column_sums, part.indices, data)
    facts.total += float(data.sum())
    facts.largest = float(data.max(initial=facts.largest))
    facts.whole = facts.whole and bool((data == np.floor(data)).all())
    if np.isfinite(facts.total) and data.min(initial=0) >= 0:
        return
    for name, bad in (
        ("not a number", np.isnan(data)),
        ("infinite", np.isinf(data)),
        ("negative", data < 0),
    ):
        if bad.any():
            facts.bad[name] = _bad(part, bad, first_row, facts.bad.get(name))


def _bad(part: Cells, bad: NDArray[np.bool_], first_row: int, before: Bad | None) -> Bad:
    import numpy as np

    count = int(bad.sum())
    if before is not None:
        return Bad(before.row, before.column, before.value, before.count + count)
    first = int(np.argmax(bad))
    row = int(np.searchsorted(part.indptr, first, side="right")) - 1
    return Bad(first_row + row, int(part.indices[first]), float(part.data[first]), count)
