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
    return none_of("contrast", "estimable", table)


def none_of(named: str, flag: str, table: str | Path) -> dict[str, str]:
    """Names of which no row of a table has a flag, with the commonest reason of each.

    Parameters
    ----------
    named, flag : str
        Columns: what a row is about, and ``true`` where it has what is asked for.
    table : path-like
        With the column ``reason``.

    Returns
    -------
    dict of str to str
        In the order of the table.
    """
    found = {}
    for name, block in read_tsv(table).groupby(named, sort=False):
        if not block[flag].eq("true").any():
            found[str(name)] = str(block["reason"].value_counts(sort=True).index[0])
    return found
