"""Which term of a contrast is meant, where it has several."""

from __future__ import annotations

from collections.abc import Sequence


def chosen(terms: Sequence[str], wanted: str | None) -> tuple[int | None, str]:
    """Which term of a contrast is meant; never another one in its place.

    Parameters
    ----------
    terms : sequence of str
        As the contrast's own rows name them.
    wanted : str or None
        As it is asked for; None where no term is named.

    Returns
    -------
    at : int or None
        Its place among the terms.
    reason : str
        Why there is none; empty where there is one.

    Examples
    --------
    >>> chosen([""], None)
    (0, '')
    >>> chosen(["diet: B against A", "diet: C against A"], "diet: C against A")
    (1, '')
    >>> chosen(["diet: B against A", "diet: C against A"], None)[1]
    'the contrast has 2 terms, and none is named: `diet: B against A`, `diet: C against A`'
    >>> chosen([""], "diet: B against A")[1]
    'the contrast has one term, without a name, and no term `diet: B against A`'
    """
    if wanted in terms:
        return terms.index(str(wanted)), ""
    if wanted is None and len(terms) == 1:
        return 0, ""
    there = ", ".join(f"`{term}`" for term in terms)
    if wanted is None:
        return None, f"the contrast has {len(terms)} terms, and none is named: {there}"
    if list(terms) == [""]:
        return None, f"the contrast has one term, without a name, and no term `{wanted}`"
    return None, f"the contrast has no term `{wanted}`; it has {there}"
