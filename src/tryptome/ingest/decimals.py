"""Numbers with a decimal point or a decimal comma."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tryptome.errors import ValueProblemError

POINT, COMMA = "point", "comma"
_COMMA = re.compile(r"\s*-?\d*,\d+(?:[eE][-+]?\d+)?\s*", re.ASCII)
_THOUSANDS = re.compile(r"\s*-?[1-9]\d{0,2}(?:,\d{3})+\s*", re.ASCII)


def is_number(cell: str) -> bool:
    """Tell whether a field is a number; spelled in ASCII, with a decimal point, without ``_``.

    Examples
    --------
    >>> [is_number(cell) for cell in ("12", "1e-3", "1_000", "0x10", "１２", "NA", "")]
    [True, True, False, False, False, False, False]
    """
    if not cell.isascii() or "_" in cell:
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def with_point(cell: str) -> str:
    """Write a number that has a decimal comma with a point; other text stays as it is.

    Examples
    --------
    >>> with_point("0,5"), with_point("a,5")
    ('0.5', 'a,5')
    """
    return cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell


def decimal_of(cells: Iterable[str], configured: str, place: str) -> str:
    """Tell which decimal separator some fields use.

    Parameters
    ----------
    cells : iterable of str
    configured : str
        ``auto``, ``point`` or ``comma``.
    place : str
        The file, for messages.

    Raises
    ------
    ValueProblemError
        Every number with a comma may as well have separators of thousands.

    Examples
    --------
    >>> decimal_of(["0,25", "1", "Blautia"], "auto", "")
    'comma'
    """
    if configured != "auto":
        return configured
    listed = list(cells)
    commas = [cell for cell in listed if _COMMA.fullmatch(cell)]
    if not commas:
        return POINT
    if any("." in cell and is_number(cell) for cell in listed):
        return POINT
    if all(_THOUSANDS.fullmatch(cell) for cell in commas):
        raise ValueProblemError(
            f"`{commas[0][:40]}` may have a decimal comma or a separator of thousands",
            place=place,
            remedy="set `decimal: comma` if it is the first, or write numbers without separators",
        )
    return COMMA
