"""Which reference species a genome, or a row of a list, of a further source belongs to.

The first of these that gives a reference species decides: the NCBI taxid; the name
as it stands; the name as an older one. Old names are learnt from the sources that
give names and taxids of the same strains: most of the strains of an old name have
to be of one current species.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from knowledge_build.others import Annotated

MAJORITY = 2 / 3
UNKNOWN = "its name and taxid are of no reference species"
NAMELESS = "it has no name at the rank of species"


def binomial(name: pd.Series) -> pd.Series:
    """First two words of names, without brackets; empty where they name no species.

    Examples
    --------
    >>> binomial(pd.Series(["[Ruminococcus] gnavus ATCC", "Blautia", "Dorea sp. X"])).tolist()
    ['Ruminococcus gnavus', '', '']
    """
    words = name.str.replace(r"[\[\]]", "", regex=True).str.split()
    first = words.str[:2].str.join(" ")
    second = words.str[1]
    return first.where(second.notna() & ~second.isin(["sp", "sp."]), "").fillna("")


def old_names(tables: Iterable[Annotated], species: pd.Series) -> pd.Series:
    """Current NCBI species by older binomial.

    Parameters
    ----------
    tables : iterable of Annotated
        Sources that give both names and taxids.
    species : pandas.Series
        NCBI species by taxid.

    Returns
    -------
    pandas.Series
    """
    names = pd.concat([table.names for table in tables])
    pairs = pd.DataFrame(
        {"old": binomial(names["name"]), "now": names["taxid"].map(species).fillna("")}
    )
    pairs = pairs[(pairs["old"] != "") & (pairs["now"] != "")]
    counts = pairs.value_counts(["old", "now"]).rename("n").reset_index()
    counts["share"] = counts["n"] / counts.groupby("old")["n"].transform("sum")
    clear = counts[counts["share"] >= MAJORITY]
    return clear.set_index("old")["now"].sort_index()


def species_of(
    names: pd.DataFrame, lineages: pd.Series, older: pd.Series, reference: pd.Index
) -> pd.Series:
    """Reference species of each row, empty where there is none.

    Parameters
    ----------
    names : pandas.DataFrame
        ``taxid`` and ``name``.
    lineages : pandas.Series
        NCBI species by taxid.
    older : pandas.Series
        As :func:`old_names` gives.
    reference : pandas.Index
        Names of the reference species.
    """
    bare = binomial(names["name"])
    bracketed = pd.Series(reference, index=reference.str.replace(r"[\[\]]", "", regex=True))
    bracketed = bracketed[~bracketed.index.duplicated()]
    found = pd.Series("", index=names.index)
    for candidate in (
        names["taxid"].map(lineages),
        names["name"],
        bare.map(bracketed),
        bare.map(older),
    ):
        new = (found == "") & candidate.isin(reference)
        found[new] = candidate[new]
    return found


def reasons(names: pd.DataFrame, species: pd.Series) -> pd.Series:
    """Why each row is left out; empty where it is not."""
    nameless = (names["taxid"] == "") & (binomial(names["name"]) == "")
    reason = pd.Series(UNKNOWN, index=names.index)
    reason[nameless] = NAMELESS
    return reason.where(species == "", "")
