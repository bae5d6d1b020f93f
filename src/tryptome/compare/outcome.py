"""Which contrasts of a cohort could not be estimated at all."""

from __future__ import annotations

from pathlib import Path

from tryptome.tables import read_tsv


def not_estimable(table: str | Path) -> dict[str, str]:
    """Contrasts of which no quantity could be estimated, with the commonest reason.

    Parameters
    ----------
    table : path-like
        ``contrasts.tsv``.

    Returns
    -------
    dict of str to str
        In the order of the table.
    """
    rows = read_tsv(table)
    found = {}
    for name, block in rows.groupby("contrast", sort=False):
        if not block["estimable"].eq("true").any():
            found[str(name)] = str(block["reason"].value_counts(sort=True).index[0])
    return found
