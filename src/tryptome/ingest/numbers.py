"""Reading one number of a text file, or saying why a field is none."""

from __future__ import annotations

import re

from tryptome.errors import ValueProblemError
from tryptome.ingest.decimals import is_number

REMEDY = "write 0 for a taxon that was looked for and not found; leave out what was not measured"
_WRITTEN = re.compile(r"\s*-?\d[\d., ]*\s*%?\s*", re.ASCII)


def is_written_number(cell: str) -> bool:
    """Tell whether a field is a number as people write it, which may not be one for us.

    Examples
    --------
    >>> [is_written_number(cell) for cell in ("12.5%", "3,032", "0,5", "NA", "2 of 3")]
    [True, True, True, False, False]
    """
    return bool(_WRITTEN.fullmatch(cell))


def no_number(cell: str, place: str) -> ValueProblemError:
    """Error for a field that is no number, with what would make it one.

    Parameters
    ----------
    cell : str
    place : str
        File, line, row and column.
    """
    what = f"`{cell[:40]}` is not a number" if cell.strip() else "the field is empty"
    remedy = REMEDY
    if cell.rstrip().endswith("%"):
        remedy = "write percentages without the sign"
    elif "," in cell:
        remedy = (
            "set `decimal: comma` if this is a decimal comma; write numbers without separators of "
            "thousands"
        )
    return ValueProblemError(what, place=place, remedy=remedy)


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
    raise no_number(cell, place)
