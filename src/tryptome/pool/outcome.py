"""Which questions could not be pooled at all."""

from __future__ import annotations

from pathlib import Path

from tryptome.compare.outcome import none_of


def not_pooled(table: str | Path) -> dict[str, str]:
    """Questions of which no quantity could be pooled, with the commonest reason.

    Parameters
    ----------
    table : path-like
        ``pooled.tsv``.

    Returns
    -------
    dict of str to str
        In the order of the table.
    """
    return none_of("question", "poolable", table)
