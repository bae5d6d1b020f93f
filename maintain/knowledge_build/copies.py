"""16S rRNA gene copies per genome, by reference species, GTDB genus, family and root.

Assemblies from short reads collapse the copies of a genome into one, so a count
of 1 in PICRUSt2's table mostly means *not resolved*: of its genomes whose species
has complete genomes in rrnDB, counts of 2 and more agree with rrnDB within a
third in about 95 of 100, counts of 1 in fewer than 40 of 100. Therefore a species has

1. the mean over its complete genomes in rrnDB; or else
2. the highest count, if 2 or more, among its genomes in PICRUSt2's table
   (collapsing only loses copies); or else
3. no row: its genus, its family or the root speaks for it.

A genus, a family and the root are populations of species, each of which counts once.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = ["rank", "taxon", "source", "genomes", "mean", "sd"]
RESOLVED = 2
"""Fewest copies in a draft genome that are taken for resolved."""
BOTH = "rrndb;picrust2"


def by_species(rrndb: pd.DataFrame, picrust2: pd.DataFrame) -> pd.DataFrame:
    """Copies of every species that either source resolves.

    Parameters
    ----------
    rrndb, picrust2 : pandas.DataFrame
        Genomes with their ``species`` (empty where unknown) and ``copies``.

    Returns
    -------
    pandas.DataFrame
        ``species`` (index), ``source``, ``genomes``, ``mean``, and the standard
        deviation ``sd`` between genomes (missing where there is one, or where
        the highest count was taken).
    """
    complete = rrndb[rrndb["species"] != ""].groupby("species")["copies"]
    first = complete.agg(genomes="size", mean="mean", sd="std").assign(source="rrndb")
    resolved = picrust2[(picrust2["species"] != "") & (picrust2["copies"] >= RESOLVED)]
    draft = resolved.groupby("species")["copies"].agg(genomes="size", mean="max")
    second = draft.assign(sd=float("nan"), source="picrust2")
    both: pd.DataFrame = pd.concat([first, second[~second.index.isin(first.index)]])
    return both.sort_index()


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
