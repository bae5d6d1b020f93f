"""The name index: its rules on planted genomes, and its bytes from the raw files."""

import gzip
import os
from pathlib import Path

import pandas as pd
import pytest

from knowledge_build.files import write_tsv_gz
from names_build import crosswalk, former
from names_build.index import build
from names_build.meanings import Reference, families, genera
from tryptome.paths import resource

MAINTAIN = Path(__file__).resolve().parents[3] / "maintain"

GENOMES = [
    # GTDB family and genus, NCBI genus, SILVA family and genus, how many
    ("Alphaceae", "Alpha", "Alpha", "Alphaceae", "Alpha", 8),
    ("Alphaceae", "Alpha_A", "Alpha", "Alphaceae", "Alpha", 4),
    ("Betaceae", "Beta", "Beta", "Betaceae", "Beta", 9),
    ("Betaceae", "Beta", "Beta", "Alphaceae", "Alpha", 1),  # the odd 16S hit
    ("Alphaceae", "Nova", "Alpha", "Alphaceae", "Unseen", 5),  # no reference species
]
SPECIES = {"Alpha una": "Alpha", "Alpha altera": "Alpha_A", "Beta sola": "Beta"}


def _genomes() -> pd.DataFrame:
    rows = []
    for family, genus, ncbi, silva_family, silva, times in GENOMES:
        row = {
            ("gtdb", "phylum"): "Bacillota_A", ("gtdb", "family"): family,
            ("gtdb", "genus"): genus, ("gtdb", "species"): "", ("ncbi", "phylum"): "Firmicutes",
            ("ncbi", "family"): family, ("ncbi", "genus"): ncbi, ("ncbi", "species"): "",
            ("silva", "phylum"): "Firmicutes", ("silva", "family"): silva_family,
            ("silva", "genus"): silva, ("silva", "species"): "",
            **{("greengenes", rank): "" for rank in crosswalk.RANKS},
        }  # fmt: skip
        rows += [row] * times
    genomes = pd.DataFrame(rows)
    # The odd hit is that of a genome of a reference species.
    genomes.loc[21, [("ncbi", "species")]] = "Beta sola"
    return genomes


def _species() -> pd.DataFrame:
    families_ = {"Alpha": "Alphaceae", "Alpha_A": "Alphaceae", "Beta": "Betaceae"}
    rows = [
        {
            "species": name, "ncbi_phylum": "Bacillota", "ncbi_family": families_[genus],
            "ncbi_genus": genus.removesuffix("_A"), "gtdb_phylum": "Bacillota_A",
            "gtdb_family": families_[genus], "gtdb_genus": genus, "gtdb_species": "",
        }
        for name, genus in SPECIES.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.of(_species(), _genomes())


def test_the_odd_hit_is_where_the_test_puts_it() -> None:
    row = _genomes().loc[21]
    assert (row["silva", "genus"], row["ncbi", "species"]) == ("Alpha", "Beta sola")


def test_one_odd_genome_adds_no_foreign_genus(reference: Reference) -> None:
    assert genera(reference, "silva")["Alpha"].species == {"Alpha una", "Alpha altera"}
    assert genera(reference, "silva")["Beta"].species == {"Beta sola"}


def test_a_genus_without_reference_falls_back_to_the_family(reference: Reference) -> None:
    unseen = genera(reference, "silva")["Unseen"]
    assert (unseen.species, unseen.families) == (set(), ["Alphaceae"])


def test_gtdb_genera_are_themselves(reference: Reference) -> None:
    meanings = genera(reference, "gtdb")
    assert meanings["Alpha"].species == {"Alpha una"}
    assert meanings["Nova"].families == ["Alphaceae"]


def test_a_family_ignores_the_odd_genome(reference: Reference) -> None:
    assert families(reference, "silva")["Alphaceae"] == ["Alphaceae"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("listed", "found"),
    [
        (["Clostridium hathewayi DSM 13479"], [("Clostridium hathewayi", "Hungatella hathewayi")]),
        (["Hungatella hathewayi DSM 13479"], []),  # today's name
        (["Clostridium bolteae ATCC BAA-613"], []),  # another epithet
        (["Clostridium sp. M62/1", "uncultured bacterium"], []),
    ],
)
def test_a_former_name_is_one_that_kept_its_epithet(listed, found) -> None:
    table = pd.DataFrame({"name": listed, "taxid": "566550"})
    today = pd.DataFrame({"taxid": ["566550"], "species": ["Hungatella hathewayi"]})
    assert list(former.names(table, today)) == found


def test_a_former_name_of_two_species_is_left_out() -> None:
    table = pd.DataFrame({"name": ["Lactobacillus casei A", "Lactobacillus casei B"],
                          "taxid": ["1", "2"]})  # fmt: skip
    today = pd.DataFrame({"taxid": ["1", "2"], "species": ["Aaa casei", "Bbb casei"]})
    assert list(former.names(table, today)) == []


def test_the_shipped_index_is_what_the_raw_files_give(tmp_path: Path) -> None:
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    sources = Path(os.environ["TRYPTOME_DATA"], "knowledge")
    raw = sources / "rrn_copy_number"
    species, lineages = (
        pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        for path in (resource("knowledge", "species.tsv.gz"), MAINTAIN / "ncbi_lineages.tsv.gz")
    )
    agora2 = sources / "agora2_demeter" / "input" / "AGORA2_infoFile.xlsx"
    old = former.names(former.read(raw / "rrnDB-5.4.tsv.gz", agora2), lineages)
    bacteria, archaea = (
        crosswalk.read(raw / f"picrust2_{domain}_metadata.csv.gz")
        for domain in ("bacteria", "archaea")
    )
    write_tsv_gz(build(species, bacteria, archaea, old), tmp_path / "names.tsv.gz")
    shipped = resource("knowledge", "names.tsv.gz")
    assert gzip.decompress((tmp_path / "names.tsv.gz").read_bytes()) == gzip.decompress(
        shipped.read_bytes()
    )
    assert shipped.stat().st_size < 600 * 1024
