"""Whether a published statement is found again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tryptome.studies.measures import Ours, Results
from tryptome.studies.model import Statement

if TYPE_CHECKING:
    import pandas as pd

REPRODUCED = "reproduced"
SAME = "same direction"
OPPOSITE = "opposite"
NO_DIRECTION = "no direction"
NOT_TESTABLE = "not testable"

_UNCERTAIN = "the interval holds 0, so that no direction is certain"
_OTHER_SIDE = f"our estimate is on the other side, but {_UNCERTAIN}"
_NOT_TOLD = "none is told, as published; how large a difference may be there, the interval says"

COLUMNS = (
    *("study", "statement", "place", "seen", "published_direction", "published_size", "contrast"),
    *("compared_with", "scale", "effect", "lower", "upper", "p", "verdict", "why"),
)


def verdicts(study: str, statements: Sequence[Statement], results: Results) -> pd.DataFrame:
    """Hold every statement of a study against our results.

    Parameters
    ----------
    study : str
        Its name.
    statements : sequence of Statement
    results : Results

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``, one row a statement, in their order.
    """
    import pandas as pd

    rows = []
    for one in statements:
        ours = Ours(reason=one.not_testable) if one.not_testable else results.ours(one)
        verdict, why = judge(one.direction, ours)
        rows.append(
            {
                "study": study,
                "statement": one.statement,
                "place": one.place,
                "seen": one.seen,
                "published_direction": one.direction,
                "published_size": one.size,
                "contrast": one.contrast or "",
                "compared_with": _measure(one),
                **{
                    name: getattr(ours, name) for name in ("scale", "effect", "lower", "upper", "p")
                },
                "verdict": verdict,
                "why": "; ".join(text for text in (why, one.note) if text),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judge(direction: str, ours: Ours) -> tuple[str, str]:
    """Verdict on one statement, and why.

    Parameters
    ----------
    direction : str
        ``higher``, ``lower``, ``none`` or (where nothing is compared) ``unstated``.
    ours : Ours

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> judge("higher", Ours("log2 ratio", 1.0, 0.2, 1.8))
    ('reproduced', '')
    >>> judge("higher", Ours("log2 ratio", 1.0, -0.2, 2.2))[0]
    'same direction'
    >>> judge("lower", Ours("log2 ratio", 1.0, -0.2, 2.2))[0]
    'no direction'
    >>> judge("lower", Ours("log2 ratio", 1.0, 0.2, 1.8))
    ('opposite', 'the interval excludes 0')
    """
    if ours.effect is None or ours.lower is None or ours.upper is None:
        return NOT_TESTABLE, ours.reason
    told = not ours.lower <= 0 <= ours.upper
    if direction == "none":
        # An interval that holds 0 is no evidence of no difference.
        return (OPPOSITE, "the interval excludes 0") if told else (NO_DIRECTION, _NOT_TOLD)
    agrees = (ours.effect > 0) == (direction == "higher")
    if told:
        return (REPRODUCED, "") if agrees else (OPPOSITE, "the interval excludes 0")
    return (SAME, _UNCERTAIN) if agrees else (NO_DIRECTION, _OTHER_SIDE)


def _measure(statement: Statement) -> str:
    if statement.quantity is not None:
        return statement.quantity
    if statement.taxon is not None:
        return f"reads of {statement.taxon.rank} {statement.taxon.names[0]}"
    return f"{statement.diversity} diversity" if statement.diversity else ""
