"""Reads the sources beside the base: each as genomes (or species) x roles, with their names.

Every reader gives an :class:`Annotated`. Names of roles are made into words that
a rule can hold: what is not a letter or a digit becomes ``_`` (``EC_4_2_1_20``,
``Indole_producer``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SHEETS = (
    "AAB_Trp",
    "B_Bio",
    "B_Cob",
    "B_Fol",
    "B_Nia",
    "B_Pan",
    "B_Pyr",
    "B_Rib",
    "B_Thi",
    "M_Bile",
)
"""Tables of AGORA2's comparative genomics; M_AAFerm is a base source and read elsewhere."""

LITERATURE = (
    "AromaticAATable.txt.gz",
    "BileAcidTable.txt.gz",
    "FermentationTable.txt.gz",
    "secretionProductTable.txt.gz",
)
"""Tables of traits that AGORA2 took from the literature; 0 in them is *not recorded*."""

PROPAGATED = ("Tryptamine", "Indole-3-acetate")
"""Columns that carry one paper's finding to all strains of a genus: never read."""

GUTMGENE = "GutMGene_producers_of_"
SPORE_SHEET = "Extended Data Figure6"
CULTURE_SHEET = "Figure1_cultures"
SPORE_SCORE = 0.5
"""Least sporulation signature score of a genome that is taken for spore-forming.

In the source, any threshold above 0.328 and up to 0.531 tells its 57 known
spore-formers from its 50 known non-formers without an error. Of its 69 cultures
that outlived ethanol, four score below 0.5 (0.469 the lowest).
"""


@dataclass(frozen=True)
class Annotated:
    """One source as it was read.

    Attributes
    ----------
    roles : pandas.DataFrame
        Genomes (or species of a list) x roles, bool.
    names : pandas.DataFrame
        By the same index: ``taxid`` (NCBI) and ``name``, either of them empty
        where the source does not give it.
    """

    roles: pd.DataFrame
    names: pd.DataFrame


@dataclass(frozen=True)
class Others:
    """The folder of raw files, read one source at a time.

    Attributes
    ----------
    folder : pathlib.Path
        The folder of raw files.
    """

    folder: Path

    def readers(self) -> Mapping[str, Callable[[], Annotated]]:
        """Reader of each source, in the order of ``sources.yaml``."""
        return {
            "browne2016": self.spore_scores,
            "agora2_pubseed": self.pubseed,
            "agora2_flux": self.flux,
            "agora2_literature": self.literature,
            "paprica": self.paprica,
            "img_modules": self.img_modules,
            "gmc_butyrate": self.gmc_butyrate,
            "kegg_tryptophanase": self.tryptophanase,
            "browne2016_ethanol": self.ethanol,
            "gutmgene": self.gutmgene,
        }

    def pubseed(self) -> Annotated:
        """AGORA2's comparative genomics; genomes that all of its tables have."""
        tables = []
        for sheet in SHEETS:
            frame = _text(self._agora2 / "spreadsheets" / f"{sheet}.tsv.gz", sep="\t")
            loci = frame.set_index("Organism").add_prefix(f"{sheet}.")
            tables.append(loci.apply(lambda column: column.str.strip() != ""))
        roles = pd.concat(tables, axis="columns", join="inner")
        roles.columns = pd.Index([column.split(".", 1)[1] for column in roles.columns])
        # Sheets share transporters' names only (AroP): the first column of a name is kept.
        roles = roles.loc[:, ~roles.columns.duplicated()]
        parts = roles.index.str.extract(r"^(?P<name>.*?)\s*\((?P<taxid>\d+)\.\d+\)\s*$")
        return _annotated(roles, parts["taxid"], parts["name"])

    def flux(self) -> Annotated:
        """Growth of AGORA2's models without each amino acid."""
        path = self.folder / "agora2_auxotrophies" / "AGORA2_predicted_auxotrophies.csv.gz"
        frame = pd.read_csv(path).set_index("AGORA2")
        return self._strains(frame.astype(bool))

    def literature(self) -> Annotated:
        """Traits that AGORA2 took from the literature."""
        tables = []
        for name in LITERATURE:
            frame = _text(self._agora2 / "input" / name, sep="\t").set_index("MicrobeID")
            kept = [c for c in frame.columns if not c.startswith("Ref") and c not in PROPAGATED]
            stem = name.removesuffix("Table.txt.gz")
            tables.append((frame[kept] == "1").add_prefix(f"{stem} "))
        return self._strains(pd.concat(tables, axis="columns", join="inner"))

    def paprica(self) -> Annotated:
        """EC numbers of complete genomes."""
        folder = self.folder / "paprica"
        roles = pd.read_csv(folder / "terminal_ec.csv.gz", index_col=0) > 0
        roles.columns = pd.Index([f"EC {column}" for column in roles.columns])
        genomes = _text(folder / "genome_data.final.csv.gz").set_index("# assembly_accession")
        genomes = genomes.reindex(roles.index)
        return _annotated(roles, genomes["species_taxid"], genomes["organism_name"])

    def img_modules(self) -> Annotated:
        """Complete KEGG modules of IMG genomes."""
        folder = self.folder / "bugbase_img_modules"
        path = folder / "kegg_modules_img_precalculated.txt.gz"
        roles = pd.read_csv(path, sep="\t", index_col=0, dtype={0: str}) >= 1
        roles.columns = pd.Index([column.split("_")[0] for column in roles.columns])
        roles.index = roles.index.astype(str)
        lineage = _text(folder / "img_otu_taxonomy.txt.gz", sep="\t", header=None)
        name = lineage.set_index(0)[1].str.split("s__").str[-1].str.replace("_", " ")
        return _annotated(roles, None, name.reindex(roles.index))

    def gmc_butyrate(self) -> Annotated:
        """Genomes with a terminal enzyme of butyrate formation."""
        folder = self.folder / "buty_gmc"
        trait = _text(folder / "GMC_CG_buk_ptbORbut.txt", sep="\t", header=None).set_index(0)
        listed = _text(folder / "GMC_CG_species.txt.gz", sep="\t", header=None)
        name = listed.drop_duplicates(0).set_index(0)[1].str.replace("_", " ")
        roles = pd.DataFrame({"terminal": trait[1] == "1"})
        return _annotated(roles, None, name.reindex(roles.index))

    def tryptophanase(self) -> Annotated:
        """Gut species with tryptophanase, by KEGG or at 95 % identity to it."""
        path = self.folder / "microbial_networks_indole" / "trypthophanase_network.csv"
        name = _text(path)["organism"].drop_duplicates()
        return _annotated(pd.DataFrame({"K01667": True}, index=name.index), None, name)

    def spore_scores(self) -> Annotated:
        """Genomes whose sporulation signature reaches :data:`SPORE_SCORE`.

        Cultures below 98.7 % identity to a named species, whose names say so, stay nameless.
        """
        frame = self._browne(SPORE_SHEET, header=1)
        frame.columns = pd.Index(["number", "name", "accession", "category", "score"])
        roles = pd.DataFrame({"signature": frame["score"] >= SPORE_SCORE})
        name = frame["name"].str.strip()
        return _annotated(roles, None, name.where(~name.str.contains("%"), ""))

    def ethanol(self) -> Annotated:
        """Cultures that outlived 70 % ethanol."""
        frame = self._browne(CULTURE_SHEET, header=0)
        roles = pd.DataFrame({"resistant": frame["etoh resistant"] == "ethanol resistant"})
        name = frame.iloc[:, 6].str.strip()
        return _annotated(roles, None, name.where(~name.str.contains("%"), ""))

    def gutmgene(self) -> Annotated:
        """Species that gutMGene lists as producers of a metabolite."""
        sets = _text(self.folder / "taxsea" / "taxsea_sets_long.tsv.gz", sep="\t")
        sets = sets[sets["set"].str.startswith(GUTMGENE)].drop_duplicates()
        product = "of " + sets["set"].str.removeprefix(GUTMGENE)
        roles = pd.crosstab(sets["ncbi_taxid"], product) > 0
        return _annotated(roles, roles.index.to_series(), None)

    @property
    def _agora2(self) -> Path:
        return self.folder / "agora2_demeter"

    def _strains(self, roles: pd.DataFrame) -> Annotated:
        """Name AGORA2's models by its own table of strains."""
        path = self._agora2 / "input" / "AGORA2_infoFile.xlsx"
        strains = pd.read_excel(path, dtype=str, keep_default_na=False).set_index("MicrobeID")
        strains = strains.reindex(roles.index)
        return _annotated(roles, strains["NCBI Taxonomy ID"], strains["Species"])

    def _browne(self, sheet: str, header: int) -> pd.DataFrame:
        path = self.folder / "microbial_networks_indole" / "nature17645-s1.xlsx"
        return pd.read_excel(path, sheet_name=sheet, header=header)


def word(role: str) -> str:
    """Name of a role as a rule can hold it.

    Examples
    --------
    >>> word("EC 4.2.1.20"), word("fermentation Indole producer")
    ('EC_4_2_1_20', 'fermentation_Indole_producer')
    """
    return re.sub(r"\W+", "_", role).strip("_")


def _annotated(roles: pd.DataFrame, taxid: pd.Series | None, name: pd.Series | None) -> Annotated:
    columns = {
        key: "" if values is None else values.fillna("").to_numpy()
        for key, values in (("taxid", taxid), ("name", name))
    }
    named = pd.DataFrame(columns, index=roles.index)
    return Annotated(roles.rename(columns=word), named)


def _text(path: Path, *, sep: str = ",", header: int | None = 0) -> pd.DataFrame:
    frame: pd.DataFrame = pd.read_csv(
        path, sep=sep, header=header, dtype=str, keep_default_na=False
    )
    return frame
