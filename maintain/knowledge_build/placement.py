"""Places reference species, which have NCBI names, in the GTDB taxonomy.

The crosswalk is PICRUSt2's table of genomes, which have both an NCBI taxid and
a GTDB lineage. A species is placed by the first of these that applies (the
word stands in the column ``placement``):

``stated``
    its NCBI genus is in the committed table of stand-ins, with the reason;
``species``
    genomes of the species are in that GTDB genus: those whose GTDB species has
    the same epithet, or else most of them;
``genus``
    at least two thirds of the genomes of its NCBI genus are in that GTDB genus;
``genus_name``
    GTDB has a genus of the same name;
``ncbi_genus``
    its NCBI genus stands in, in the GTDB family of at least two thirds of the
    genomes of its NCBI family, or else in its NCBI family;
``ncbi_family``
    its genus is unknown, so that it is a group of its own, in the GTDB family
    of at least two thirds of the genomes of its NCBI family.

A species of unknown genus whose NCBI family GTDB splits more evenly cannot be
placed: it is left out.
"""

from __future__ import annotations

import pandas as pd

MAJORITY = 2 / 3
ABOVE_FAMILY = ["gtdb_phylum", "gtdb_class", "gtdb_order"]
COLUMNS = [*ABOVE_FAMILY, "gtdb_family", "gtdb_genus", "gtdb_species", "placement"]
NOT_PLACED = "its genus is unknown, and GTDB splits its NCBI family"


def majority(frame: pd.DataFrame, by: str, label: str) -> pd.DataFrame:
    """Most frequent ``label`` within each group, and its share of the group's rows.

    Ties go to the first label in alphabetical order.

    Examples
    --------
    >>> rows = pd.DataFrame({"a": ["x", "x", "y", ""], "b": ["q", "p", "q", "p"]})
    >>> majority(rows, "a", "b").to_dict("index")
    {'x': {'b': 'p', 'share': 0.5}, 'y': {'b': 'q', 'share': 1.0}}
    """
    counts = frame[frame[by] != ""].groupby([by, label]).size().rename("n").reset_index()
    counts["share"] = counts["n"] / counts.groupby(by)["n"].transform("sum")
    ordered = counts.sort_values([by, "n", label], ascending=[True, False, True])
    return ordered.groupby(by).first()[[label, "share"]]


def of_species(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """GTDB genus and species of each NCBI species that has genomes in the crosswalk.

    A genome filed under a wrong name in NCBI differs in its GTDB epithet, so
    that genomes whose epithets agree come first; among the others the genus
    with most genomes decides, then the species with most.
    """
    rows = crosswalk.loc[crosswalk["species"] != "", ["species", "gtdb_genus", "gtdb_species"]]
    epithet = rows["gtdb_species"].str.split().str[1]
    rows = rows.assign(
        differs=epithet != rows["species"].str.split().str[1],
        of_genus=-rows.groupby(["species", "gtdb_genus"])["species"].transform("size"),
        of_species=-rows.groupby(["species", "gtdb_species"])["species"].transform("size"),
    )
    order = ["species", "differs", "of_genus", "gtdb_genus", "of_species", "gtdb_species"]
    return rows.sort_values(order).groupby("species")[["gtdb_genus", "gtdb_species"]].first()


def place(species: pd.DataFrame, crosswalk: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Place each reference species in GTDB.

    Parameters
    ----------
    species : pandas.DataFrame
        ``species`` and NCBI ranks (``phylum`` … ``genus``, empty where missing).
    crosswalk : pandas.DataFrame
        Genomes with NCBI ranks (``species``, ``genus``, ``family``) and GTDB ranks (``gtdb_…``).
    stated : pandas.DataFrame
        ``ncbi_genus`` and the ``gtdb_genus`` that stands for it.

    Returns
    -------
    pandas.DataFrame
        GTDB ranks and ``placement``, aligned with ``species``; all empty where
        a species cannot be placed.
    """
    genus, placement = _genus(species, crosswalk, stated)
    lineage = crosswalk.drop_duplicates("gtdb_genus").set_index("gtdb_genus")[
        [*ABOVE_FAMILY, "gtdb_family"]
    ]
    placed = lineage.reindex(genus).set_index(species.index)
    placed["gtdb_genus"] = genus
    placed["gtdb_species"] = species["species"].map(of_species(crosswalk)["gtdb_species"])
    placed["gtdb_species"] = placed["gtdb_species"].where(placement == "species", "")
    placed["placement"] = placement
    return _stand_in(placed.fillna(""), species, crosswalk)


def _genus(
    species: pd.DataFrame, crosswalk: pd.DataFrame, stated: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    by_genus = majority(crosswalk, "genus", "gtdb_genus").query("share >= @MAJORITY")
    same_name = species["genus"].where(species["genus"].isin(crosswalk["gtdb_genus"]))
    candidates = {
        "stated": species["genus"].map(stated.set_index("ncbi_genus")["gtdb_genus"]),
        "species": species["species"].map(of_species(crosswalk)["gtdb_genus"]),
        "genus": species["genus"].map(by_genus["gtdb_genus"]),
        "genus_name": same_name,
    }
    genus = pd.Series("", index=species.index)
    placement = pd.Series("", index=species.index)
    for rule, candidate in candidates.items():
        new = (genus == "") & candidate.notna()
        genus[new] = candidate[new]
        placement[new] = rule
    return genus, placement


def _stand_in(placed: pd.DataFrame, species: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Let NCBI names stand in for the genus, and for the family, that GTDB does not give."""
    by_family = majority(crosswalk, "family", "gtdb_family").query("share >= @MAJORITY")
    found = species["family"].map(by_family["gtdb_family"]).fillna("")
    family = found.where(found != "", species["family"])
    lineage = crosswalk.drop_duplicates("gtdb_family").set_index("gtdb_family")[ABOVE_FAMILY]
    above = lineage.reindex(family).fillna("").set_index(species.index)

    named = (placed["gtdb_genus"] == "") & (species["genus"] != "")
    unnamed = (placed["gtdb_genus"] == "") & (species["genus"] == "") & (found != "")
    placed.loc[named, "gtdb_genus"] = species["genus"]
    placed.loc[unnamed, "gtdb_genus"] = species["species"]
    placed.loc[named, "placement"] = "ncbi_genus"
    placed.loc[unnamed, "placement"] = "ncbi_family"
    placed.loc[named | unnamed, ABOVE_FAMILY] = above
    placed.loc[named | unnamed, "gtdb_family"] = family
    return placed[COLUMNS]
