"""Builds the derived tables of the knowledge base from the raw files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from knowledge_build import (
    copies,
    corroborate,
    evidence,
    genomes,
    lineages,
    match,
    placement,
)
from knowledge_build.files import write_tsv_gz
from knowledge_build.others import Annotated, Others
from knowledge_build.raw import Raw
from tryptome.knowledge import KnowledgeBase
from tryptome.tables import write_tsv

NCBI = ["phylum", "class", "order", "family", "genus"]
SPORES = "browne2016"
"""The base source whose genomes have names and no taxids."""


def build(raw_folder: Path, committed: Path, knowledge: Path) -> None:
    """Write ``species``, ``evidence`` and ``copy_number``, and the ledgers of what is left out.

    Parameters
    ----------
    raw_folder : pathlib.Path
        The folder of raw files.
    committed : pathlib.Path
        Folder with ``ncbi_lineages.tsv.gz``, ``renamed_genomes.tsv`` and ``gtdb_stand_ins.tsv``.
    knowledge : pathlib.Path
        Folder of the knowledge base, with ``capabilities.yaml`` and ``further_rules.tsv``.
    """
    raw = Raw(raw_folder)
    ncbi = lineages.read(committed / "ncbi_lineages.tsv.gz")
    renamed = lineages.read_renamed(committed / "renamed_genomes.tsv")
    stated = pd.read_csv(committed / "gtdb_stand_ins.tsv", sep="\t", dtype=str)

    roles = {"mcseed": raw.mcseed, "agora2_aaferm": raw.aaferm}
    identified = {
        source: genomes.identify(table.index, ncbi, renamed) for source, table in roles.items()
    }
    crosswalk = raw.picrust2.join(ncbi[["species", "genus", "family"]], on="taxid").fillna("")
    species = reference_species(identified, crosswalk, stated)

    others = {source: read() for source, read in Others(raw_folder).readers().items()}
    matched = further_species(others, ncbi["species"], pd.Index(species["species"]))
    kept = {
        source: table.loc[
            table["species"].isin(species["species"]) & (table["reason"] == ""), "species"
        ]
        for source, table in identified.items()
    }
    kept[SPORES] = matched[SPORES][matched[SPORES] != ""]
    roles[SPORES] = others[SPORES].roles
    counts = all_evidence(knowledge, roles, kept, others, matched)
    write_tsv_gz(species, knowledge / "species.tsv.gz")
    write_tsv_gz(counts, knowledge / "evidence.tsv.gz")
    write_tsv_gz(copy_number(raw, ncbi, crosswalk, species), knowledge / "copy_number.tsv.gz")
    write_tsv(left_out(identified, kept), knowledge / "left_out.tsv")
    reasons = {source: match.reasons(others[source].names, of) for source, of in matched.items()}
    write_tsv(corroborate.coverage(matched, reasons), knowledge / "coverage.tsv")


def further_species(
    others: dict[str, Annotated], ncbi: pd.Series, reference: pd.Index
) -> dict[str, pd.Series]:
    """Reference species of each row of the sources beside the first two."""
    older = match.old_names(others.values(), ncbi)
    return {
        source: match.species_of(table.names, ncbi, older, reference)
        for source, table in others.items()
    }


def all_evidence(
    knowledge: Path,
    roles: dict[str, pd.DataFrame],
    kept: dict[str, pd.Series],
    others: dict[str, Annotated],
    matched: dict[str, pd.Series],
) -> pd.DataFrame:
    """Counts of every source, a capability's base source before the others."""
    base = KnowledgeBase(knowledge)
    first = evidence.count(base.capabilities, evidence.call(base.capabilities, roles), kept)
    rules = corroborate.read_rules(knowledge / "further_rules.tsv")
    counts = pd.concat([first, corroborate.count(rules, others, matched)], ignore_index=True)
    order = [capability.name for capability in base.capabilities]
    place = counts["capability"].map(order.index)
    counts = counts.assign(place=place).sort_values(["species", "place"], kind="stable")
    return counts.drop(columns="place").reset_index(drop=True)


def reference_species(
    identified: dict[str, pd.DataFrame], crosswalk: pd.DataFrame, stated: pd.DataFrame
) -> pd.DataFrame:
    """Every species with a genome in a source and a place in GTDB, with both lineages."""
    ncbi = genomes.ncbi_species(pd.concat(identified.values()))
    placed = placement.place(ncbi, crosswalk, stated)
    ranks = ncbi[NCBI].add_prefix("ncbi_")
    frame = pd.concat([ncbi[["species"]], ranks, placed], axis="columns")
    return frame[frame["placement"] != ""].reset_index(drop=True)


def copy_number(
    raw: Raw, ncbi: pd.DataFrame, crosswalk: pd.DataFrame, species: pd.DataFrame
) -> pd.DataFrame:
    """16S copies by reference species, genus, family and root."""
    rrndb = raw.rrndb.join(ncbi["species"], on="taxid").fillna({"species": ""})
    genus = placement.of_species(crosswalk)["gtdb_genus"]
    family = crosswalk.drop_duplicates("gtdb_genus").set_index("gtdb_genus")["gtdb_family"]
    others = pd.DataFrame({"gtdb_genus": genus, "gtdb_family": genus.map(family)})
    own = species.set_index("species")[["gtdb_genus", "gtdb_family"]]
    where = pd.concat([own, others[~others.index.isin(own.index)]])
    return copies.summarise(copies.by_species(rrndb, crosswalk, where), where, species)


def left_out(identified: dict[str, pd.DataFrame], kept: dict[str, pd.Series]) -> pd.DataFrame:
    """Genomes of the sources that are not in the reference, and why."""
    tables = []
    for source, table in identified.items():
        out = table[~table.index.isin(kept[source].index)].rename_axis("genome").reset_index()
        out["reason"] = out["reason"].where(out["reason"] != "", placement.NOT_PLACED)
        tables.append(out.assign(source=source)[["source", "genome", "name", "reason"]])
    return pd.concat(tables).sort_values(["source", "reason", "genome"], ignore_index=True)
