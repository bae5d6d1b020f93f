"""Which questions could not be pooled at all."""

from __future__ import annotations

from pathlib import Path

from tryptome.tables import read_tsv


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
    rows = read_tsv(table)
    found = {}
    for name, block in rows.groupby("question", sort=False):
        if not block["poolable"].eq("true").any():
            found[str(name)] = str(block["reason"].value_counts(sort=True).index[0])
    return found
