"""Reading one number of a text file, or saying why a field is none."""

from __future__ import annotations

from tryptome.errors import ValueProblemError
from tryptome.ingest.decimals import is_number

REMEDY = "write 0 for a taxon that was looked for and not found; leave out what was not measured"


def number(cell: str, place: str) -> float:
    """Read a number, spelled in ASCII with a decimal point.

    Parameters
    ----------
    cell : str
    place : str
        File, line, row and column, for messages.

    Raises
    ------
    ValueProblemError
        The field is empty or no number.

    Examples
    --------
    >>> number("1e3", "")
    1000.0
    """
    if is_number(cell):
        return float(cell)
    what = f"`{cell[:40]}` is not a number" if cell.strip() else "the field is empty"
    raise ValueProblemError(what, place=place, remedy=REMEDY)
