"""Which reference species each genome of a source belongs to, and which genomes are left out."""

from __future__ import annotations

import pandas as pd

from knowledge_build.lineages import RANKS
from knowledge_build.raw import taxid

NO_TAXONOMY = "its taxid is private or withdrawn, and no source names the organism"
NO_FAMILY = "NCBI names neither a species of a genus nor a family"
NO_SPECIES = "identified to a family or above only"
NOT_BACTERIAL = "not bacterial: the reference holds bacteria only"


def identify(genomes: pd.Index, lineages: pd.DataFrame, renamed: pd.DataFrame) -> pd.DataFrame:
    """Give the lineage and the reference species of each genome.

    A species is what NCBI ranks as one. A genome known to a genus only (a
    strain without a species name) is a species by itself, under its own name;
    where its name is that of the genus, the genome's id follows.

    Parameters
    ----------
    genomes : pandas.Index
        Genome ids, ``<NCBI taxid>.<version>``.
    lineages : pandas.DataFrame
        NCBI lineages by taxid.
    renamed : pandas.DataFrame
        Organism and current taxid of genomes whose own taxid was withdrawn.

    Returns
    -------
    pandas.DataFrame
        Per genome (index) ``name``, the NCBI ranks, and ``reason``: why it is
        left out, empty where it is not.
    """
    current = pd.Series(taxid(genomes), index=genomes)
    current.update(renamed["taxid"])
    frame = lineages.reindex(current).set_index(genomes)
    frame["name"] = frame["name"].where(~genomes.isin(renamed.index), renamed["organism"])
    frame["reason"] = _reasons(frame)
    unnamed = (frame["species"] == "") & (frame["genus"] != "")
    frame.loc[unnamed, "species"] = _strain_names(frame[unnamed])
    return frame


def _reasons(frame: pd.DataFrame) -> pd.Series:
    no_species = (frame["species"] == "") & (frame["genus"] == "")
    nowhere = (frame["genus"] == "") & (frame["family"] == "")
    reason = pd.Series("", index=frame.index)
    reason[nowhere] = NO_FAMILY
    reason[no_species] = NO_SPECIES
    reason[frame["domain"] != "Bacteria"] = NOT_BACTERIAL
    reason[frame["domain"].isna()] = NO_TAXONOMY
    return reason


def _strain_names(frame: pd.DataFrame) -> pd.Series:
    only_genus = frame["name"] == frame["genus"]
    return frame["name"].where(~only_genus, frame["genus"] + " sp. " + frame.index)


def ncbi_species(genomes: pd.DataFrame) -> pd.DataFrame:
    """Reference species (one row each, sorted) with their NCBI ranks above species."""
    kept = genomes[genomes["reason"] == ""]
    ranks = [rank for rank in RANKS if rank not in ("domain", "species")]
    unique = kept[["species", *ranks]].drop_duplicates()
    if not unique["species"].is_unique:
        twice = unique.loc[unique["species"].duplicated(), "species"].tolist()
        raise ValueError(f"species with two lineages: {twice}")
    return unique.sort_values("species", ignore_index=True)
