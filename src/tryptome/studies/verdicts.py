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
NOT_TESTABLE = "not testable"

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
    >>> judge("lower", Ours("log2 ratio", 1.0, -0.2, 2.2))
    ('opposite', 'the interval holds 0, so that no direction is certain')
    """
    if ours.effect is None or ours.lower is None or ours.upper is None:
        return NOT_TESTABLE, ours.reason
    open_ended = ours.lower <= 0 <= ours.upper
    if direction == "none":
        if open_ended:
            return REPRODUCED, "the interval holds 0, which a small difference would allow too"
        return OPPOSITE, "the interval does not hold 0"
    agrees = (ours.effect > 0) == (direction == "higher")
    if agrees and not open_ended:
        return REPRODUCED, ""
    why = "the interval holds 0, so that no direction is certain" if open_ended else ""
    return (SAME if agrees else OPPOSITE), why


def _measure(statement: Statement) -> str:
    if statement.quantity is not None:
        return statement.quantity
    if statement.taxon is not None:
        return f"reads of {statement.taxon.rank} {statement.taxon.names[0]}"
    return f"{statement.diversity} diversity" if statement.diversity else ""
