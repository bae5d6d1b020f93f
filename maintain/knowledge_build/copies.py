"""16S rRNA gene copies per genome, by reference species, GTDB genus, family and root.

Assemblies from short reads collapse the copies of a genome, mostly into one, so that
a count in PICRUSt2's table is a lower bound. A species has

1. the mean over its complete genomes in rrnDB; or else
2. the highest count among its genomes in PICRUSt2's table, if it is at least 2 and
   at least two thirds of the mean of the species in rrnDB of its genus (or, where
   there are none, of its family); or else
3. no row: its genus, its family or the root speaks for it.

Judged on species that rrnDB has, from other genomes than rrnDB's and without the species'
own bound, 87 of 100 highest counts that pass are within a third of rrnDB's mean.

A genus, a family and the root are populations of species, each of which counts once.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = ["rank", "taxon", "source", "genomes", "mean", "sd"]
RESOLVED = 2
"""Fewest copies in a draft genome that are taken for resolved."""
CREDIBLE = 2 / 3
"""Least share of the copies of related complete genomes for a draft to be taken for resolved."""
BOTH = "rrndb;picrust2"


def by_species(rrndb: pd.DataFrame, picrust2: pd.DataFrame, lineages: pd.DataFrame) -> pd.DataFrame:
    """Copies of every species that either source resolves.

    Parameters
    ----------
    rrndb, picrust2 : pandas.DataFrame
        Genomes with their ``species`` (empty where unknown) and ``copies``.
    lineages : pandas.DataFrame
        ``gtdb_genus`` and ``gtdb_family`` by species (index).

    Returns
    -------
    pandas.DataFrame
        ``species`` (index), ``source``, ``genomes``, ``mean``, and the standard
        deviation ``sd`` between genomes (missing where there is one, or where
        the highest count was taken).
    """
    complete = rrndb[rrndb["species"] != ""].groupby("species")["copies"]
    first = complete.agg(genomes="size", mean="mean", sd="std").assign(source="rrndb")
    lowest = picrust2["species"].map(least_credible(first["mean"], lineages))
    resolved = picrust2[(picrust2["species"] != "") & (picrust2["copies"] >= lowest)]
    draft = resolved.groupby("species")["copies"].agg(genomes="size", mean="max")
    second = draft.assign(sd=float("nan"), source="picrust2")
    both: pd.DataFrame = pd.concat([first, second[~second.index.isin(first.index)]])
    return both.sort_index()


def least_credible(complete: pd.Series, lineages: pd.DataFrame) -> pd.Series:
    """Fewest copies, by species, for which a draft genome is believed.

    Examples
    --------
    >>> where = pd.DataFrame({"gtdb_genus": ["G", "G", "H"], "gtdb_family": ["F", "F", "E"]},
    ...                      index=["G one", "G two", "H one"])
    >>> least_credible(pd.Series({"G one": 6.0}), where).to_dict()
    {'G one': 4.0, 'G two': 4.0, 'H one': 2.0}
    """
    known = lineages.join(complete.rename("copies"), how="inner")
    of_genus = known.groupby("gtdb_genus")["copies"].mean()
    of_family = known.groupby("gtdb_family")["copies"].mean()
    related = lineages["gtdb_genus"].map(of_genus)
    related = related.fillna(lineages["gtdb_family"].map(of_family))
    return (CREDIBLE * related).clip(lower=RESOLVED).fillna(RESOLVED)


def summarise(
    copies: pd.DataFrame, lineages: pd.DataFrame, reference: pd.DataFrame
) -> pd.DataFrame:
    """Copies by reference species, and by the genera and families that hold them.

    Parameters
    ----------
    copies : pandas.DataFrame
        By species, as :func:`by_species` gives.
    lineages : pandas.DataFrame
        ``gtdb_genus`` and ``gtdb_family`` by species (index), of reference species and others.
    reference : pandas.DataFrame
        Reference species: ``species``, ``gtdb_genus``, ``gtdb_family``.

    Returns
    -------
    pandas.DataFrame
        The table ``copy_number``. Genera and families count every species with
        known copies, in the reference or not; the root, those of the
        reference's families.
    """
    named = copies.join(lineages, how="inner")
    named = named[named["gtdb_family"].isin(reference["gtdb_family"])]
    species = copies[copies.index.isin(reference["species"])].rename_axis("taxon").reset_index()
    groups = [species.assign(rank="species")]
    for rank in ("genus", "family"):
        taxon = named[f"gtdb_{rank}"]
        wanted = taxon.isin(reference[f"gtdb_{rank}"])
        groups.append(_pooled(named[wanted], taxon[wanted]).assign(rank=rank))
    everything = pd.Series("root", index=named.index)
    groups.append(_pooled(named, everything).assign(rank="root"))
    return pd.concat(groups, ignore_index=True)[COLUMNS]


def _pooled(species: pd.DataFrame, taxon: pd.Series) -> pd.DataFrame:
    grouped = species.groupby(taxon.rename("taxon"))
    pooled = grouped.agg(genomes=("genomes", "sum"), mean=("mean", "mean"), sd=("mean", "std"))
    sources = grouped["source"].agg(lambda found: BOTH if found.nunique() > 1 else found.iloc[0])
    return pooled.assign(source=sources).reset_index()
