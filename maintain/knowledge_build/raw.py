"""Reads the raw files of the sources, each as its authors published it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

GTDB_RANKS = ("phylum", "class", "order", "family", "genus", "species")

SUBSYSTEMS = {
    "B1": "Thiamin HMP_B1.csv.gz",
    "B2": "Riboflavin HMP_B2.csv.gz",
    "B3": "NAD Niacin HMP_B3.csv.gz",
    "B5": "CoA Pantothenate HMP_B5.csv.gz",
    "B6": "Pyridoxin HMP_B6.csv.gz",
    "B7": "Biotin HMP_B7.csv.gz",
    "B9": "Folate HMP_B9.csv.gz",
    "B12": "B12 Cobalamin HMP_B12.csv.gz",
    "Trp": "Tryptophan HMP_Trp.csv.gz",
    "Trp_I": "Tryptophan degradation HMP_Trp_I.csv.gz",
    "Butyrate": "HMP Butyrate synthesis_Butyrate.csv.gz",
    "Propionate": "HMP propionate synthesis_Propionate.csv.gz",
    "Acetate": "HMP lactate-acetate-formate fermentation_Acetate.csv",
    "CA_d": "Bile acids HMP_CA_d.csv.gz",
    "GABA": "GABA (gamma-aminobutyric acid) metabolism HMP_GABA.csv.gz",
}
"""File of each mcSEED phenotype that is read: its own column and its subsystem's roles."""


@dataclass(frozen=True)
class Raw:
    """The folder of raw files.

    Attributes
    ----------
    folder : pathlib.Path
        Holds ``mcseed_phenotypepredictor2``, ``agora2_demeter`` and ``rrn_copy_number``.
    """

    folder: Path

    @cached_property
    def mcseed(self) -> pd.DataFrame:
        """Genomes x roles and phenotypes (bool); phenotypes are named ``phenotype.B1``."""
        columns: dict[str, pd.Series] = {}
        for phenotype, name in SUBSYSTEMS.items():
            path = self.folder / "mcseed_phenotypepredictor2" / "train" / name
            frame = pd.read_csv(path, dtype={"id": str}).set_index("id").astype(bool)
            for column in frame.columns:
                key = f"phenotype.{phenotype}" if column == "Y" else column
                values = frame[column]
                if key in columns and not columns[key].equals(values):
                    raise ValueError(f"role {key} differs between subsystems (in {name})")
                columns[key] = values
        return pd.DataFrame(columns)

    @cached_property
    def aaferm(self) -> pd.DataFrame:
        """Genomes x roles (bool) of amino acid fermentation; an empty cell is an absent gene."""
        path = self.folder / "agora2_demeter" / "spreadsheets" / "M_AAFerm.tsv"
        frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        genome = frame.pop("Organism").str.extract(r"\((\d+\.\d+)\)\s*$")[0].rename("id")
        loci = frame.set_index(genome)
        present: pd.DataFrame = loci.apply(lambda column: column.str.strip() != "")
        return present

    @cached_property
    def picrust2(self) -> pd.DataFrame:
        """PICRUSt2's bacterial genomes: taxid, 16S copies, and GTDB lineage in six columns."""
        frame = pd.read_csv(
            self.folder / "rrn_copy_number" / "picrust2_bacteria_metadata.csv.gz",
            usecols=["accession", "ncbi_taxid", "gtdb_taxonomy", "16S copies"],
            dtype={"ncbi_taxid": str},
        ).rename(columns={"ncbi_taxid": "taxid", "16S copies": "copies"})
        names = frame.pop("gtdb_taxonomy").str.split(";", expand=True)
        for position, rank in enumerate(GTDB_RANKS, start=1):
            frame[f"gtdb_{rank}"] = names[position].str.slice(3)
        return frame

    @cached_property
    def rrndb(self) -> pd.DataFrame:
        """Complete genomes of rrnDB: accession, taxid and 16S copies.

        Records that rest on hybridisation or restriction digests, not on a
        genome sequence, are left out.
        """
        frame = pd.read_csv(
            self.folder / "rrn_copy_number" / "rrnDB-5.4.tsv.gz",
            sep="\t",
            usecols=["Data source record id", "NCBI tax id", "16S gene count"],
            dtype={"Data source record id": str, "NCBI tax id": str},
        )
        frame.columns = pd.Index(["accession", "taxid", "copies"])
        sequenced = frame["accession"].str.startswith(("GCF_", "GCA_"))
        return frame[sequenced & frame["copies"].notna()]


def taxid(genome: pd.Index) -> pd.Index:
    """NCBI taxid of genome ids such as ``435830.3``."""
    return genome.str.split(".").str[0]
