"""Real spellings of each nomenclature, and the reference species that they stand for."""

import pytest

from tryptome.knowledge import load
from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.sets import Groups
from tryptome.resolve.lineage import parse
from tryptome.resolve.nomenclature import nomenclature_of
from tryptome.resolve.resolver import Resolution, Resolver

GAMMA = "d__Bacteria; p__Proteobacteria; c__Gammaproteobacteria; o__Enterobacterales"
LACHNO = "Bacteria;Firmicutes;Clostridia;Clostridiales;Lachnospiraceae"
GREEN = "k__Bacteria; p__Firmicutes; c__Clostridia; o__Clostridiales; f__Lachnospiraceae"


@pytest.fixture(scope="module")
def groups() -> Groups:
    return Groups.of(load().species)


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.read()


def resolved(index: NameIndex, groups: Groups, nomenclature: str, text: str) -> Resolution:
    return Resolver(index, groups, nomenclature).resolve(parse(text))


# Nomenclature, lineage, and species that must and must not be in the set.
HOLDS = [
    ("silva", f"{GAMMA}; f__Enterobacteriaceae; g__Escherichia-Shigella", "Escherichia coli",
     "Salmonella enterica"),
    ("silva", "[Ruminococcus] gnavus group", "Mediterraneibacter gnavus", "Ruminococcus bromii"),
    ("silva", "D_0__Bacteria;D_1__Firmicutes;D_2__Clostridia;D_3__Clostridiales;D_4__"
     "Lachnospiraceae;D_5__Blautia", "Blautia obeum", "Roseburia hominis"),
    ("silva", "Clostridium_sensu_stricto_1", "Clostridium butyricum", "Clostridioides difficile"),
    ("rdp", f"{LACHNO};Clostridium_XlVa", "Enterocloster bolteae", "Clostridium butyricum"),
    ("rdp", "Bacteria(100);Firmicutes(100);Clostridia(100);Clostridiales(100);"
     "Peptostreptococcaceae(100);Clostridium_XI(98)", "Clostridioides difficile",
     "Enterocloster bolteae"),
    ("rdp", f"{LACHNO};Ruminococcus2", "Mediterraneibacter gnavus", "Ruminococcus bromii"),
    ("rdp", "Bacteria;Proteobacteria;Gammaproteobacteria;Enterobacteriales;"
     "Enterobacteriaceae;Escherichia/Shigella", "Escherichia coli", "Klebsiella pneumoniae"),
    ("rdp", "EscherichiaShigella", "Escherichia coli", "Klebsiella pneumoniae"),
    ("rdp", "Bacteria;Bacteroidetes;Bacteroidia;Bacteroidales;Prevotellaceae;Prevotella",
     "Segatella copri", "Bacteroides fragilis"),
    ("greengenes", f"{GREEN}; g__[Ruminococcus]", "[Ruminococcus] torques", "Ruminococcus bromii"),
    ("greengenes", f"{GREEN}; g__Dorea; s__", "Dorea longicatena", "Blautia obeum"),
    ("gtdb", "d__Bacteria;p__Firmicutes_A;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;"
     "g__Blautia_A", "Blautia obeum", "Blautia hansenii"),
    ("gtdb", "d__Bacteria;p__Firmicutes;c__Bacilli;o__Erysipelotrichales;f__Coprobacillaceae;"
     "g__Erysipelatoclostridium", "Thomasclavelia ramosa", "Coprobacillus cateniformis"),
    ("gtdb", "d__Bacteria;p__Firmicutes_A;c__Clostridia;o__Oscillospirales;"
     "f__Oscillospiraceae;g__CAG-83", "Vescimonas coprocola", "Flavonifractor plautii"),
    ("greengenes2", "d__Bacteria; p__Bacteroidota; c__Bacteroidia; o__Bacteroidales; "
     "f__Bacteroidaceae; g__Bacteroides_H", "Bacteroides uniformis", "Segatella copri"),
    ("ncbi", "Lactobacillus", "Lactobacillus delbrueckii", "Lacticaseibacillus rhamnosus"),
    ("greengenes", "k__Bacteria; p__Firmicutes; c__Bacilli; o__Lactobacillales; "
     "f__Lactobacillaceae; g__Lactobacillus", "Lacticaseibacillus rhamnosus",
     "Enterococcus faecalis"),
]  # fmt: skip


@pytest.mark.parametrize(("nomenclature", "text", "member", "stranger"), HOLDS)
def test_a_genus_stands_for_its_species_and_no_others(
    index: NameIndex, groups: Groups, nomenclature: str, text: str, member: str, stranger: str
) -> None:
    assert {member, stranger} <= set(groups.genus_of), "the example is not in the reference"
    found = resolved(index, groups, nomenclature, text)
    assert found.rank == "genus"
    species = groups.read(found.taxon)
    assert member in species
    assert stranger not in species


# Nomenclature, lineage, tier, taxon.
EXACT = [
    ("gtdb", "d__Bacteria;p__Bacillota_A;f__Lachnospiraceae;g__Blautia;s__Blautia hansenii",
     "species", "s__Blautia hansenii"),
    ("ncbi", "Prevotella copri", "species", "s__Segatella copri"),
    ("ncbi", "Segatella copri", "species", "s__Segatella copri"),
    ("unknown", "Lactobacillus reuteri", "species", "s__Limosilactobacillus reuteri"),
    ("ncbi", "Clostridium difficile", "species", "s__Clostridioides difficile"),
    ("ncbi", "Clostridium hathewayi DSM 13479", "species", "s__Hungatella hathewayi"),
    ("unknown", "Eubacterium rectale", "species", "s__Agathobacter rectalis"),
    ("greengenes", "k__Bacteria; p__Firmicutes; c__Bacilli; o__Lactobacillales; "
     "f__Lactobacillaceae; g__Lactobacillus; s__reuteri", "species",
     "s__Limosilactobacillus reuteri"),
    ("ncbi", "Escherichia coli str. K-12", "species", "s__Escherichia coli"),
    ("greengenes", f"{GREEN}; g__[Ruminococcus]; s__gnavus", "species",
     "s__Mediterraneibacter gnavus"),
    ("greengenes", f"{GREEN}; g__Blautia; s__obeum", "species", "s__Blautia obeum"),
    ("rdp", "Bacteria;Bacteroidetes;Bacteroidia;Bacteroidales;Bacteroidaceae;Bacteroides;"
     "dorei/vulgatus", "species", "s__Phocaeicola dorei|s__Phocaeicola vulgatus"),
    ("rdp", "Bacteria;Firmicutes;Erysipelotrichia;Erysipelotrichales;Erysipelotrichaceae;"
     "Clostridium_XVIII;ramosum", "species", "s__Thomasclavelia ramosa"),
    ("silva", f"{GAMMA}; f__Enterobacteriaceae; g__Escherichia-Shigella; s__Salmonella_enterica",
     "genus", "g__Escherichia"),
    ("silva", f"{GAMMA}; f__Enterobacteriaceae; g__Escherichia-Shigella; s__uncultured_Salmonella",
     "genus", "g__Escherichia"),
    ("gtdb", "d__Bacteria;p__Firmicutes_A;f__Lachnospiraceae;g__", "family", "f__Lachnospiraceae"),
    ("gtdb", "d__Bacteria;p__Firmicutes_A;f__Lachnospiraceae;g__CAG-99999", "family",
     "f__Lachnospiraceae"),
    ("rdp", f"{LACHNO};unclassified_Lachnospiraceae", "family", "f__Lachnospiraceae"),
    ("rdp", f"{LACHNO};Lachnospiracea_incertae_sedis", "family", "f__Lachnospiraceae"),
    ("unknown", "unclassified_Lachnospiraceae", "family", "f__Lachnospiraceae"),
    ("silva", "d__Bacteria;p__Firmicutes;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;"
     "g__uncultured;s__uncultured_bacterium", "family", "f__Lachnospiraceae"),
    ("greengenes", "k__Bacteria; p__Bacteroidetes; f__S24-7; g__; s__", "family",
     "f__Muribaculaceae"),
    ("gtdb", "d__Bacteria;p__Firmicutes_A;c__Clostridia;o__TANB77;f__CAG-508;g__CAG-269",
     "bacteria", ""),
    ("greengenes", "k__Bacteria; p__Firmicutes; c__Clostridia; o__Clostridiales; f__; g__",
     "bacteria", ""),
    ("greengenes", "k__Bacteria; p__Cyanobacteria; c__Chloroplast; o__Streptophyta", "organelle",
     ""),
    ("silva", "D_0__Bacteria;D_1__Proteobacteria;D_2__Alphaproteobacteria;D_3__Rickettsiales;"
     "D_4__Mitochondria;D_5__uncultured bacterium", "organelle", ""),
    ("rdp", "Archaea;Euryarchaeota;Methanobacteria;Methanobacteriales;Methanobacteriaceae;"
     "Methanobrevibacter", "archaea", ""),
    ("unknown", "Methanobrevibacter", "archaea", ""),
    ("unknown", "Firmicutes", "bacteria", ""),
    ("unknown", "Streptomyces", "bacteria", ""),
    ("ncbi", "k__Fungi;p__Basidiomycota;c__Agaricomycetes;o__Thelephorales", "eukaryota", ""),
    ("rdp", "Eukaryota;Zea", "eukaryota", ""),
    ("gtdb", "Unclassified", "unassigned", ""),
    ("silva", "Unassigned", "unassigned", ""),
    ("ncbi", "k__unidentified;p__unidentified;c__unidentified", "unassigned", ""),
    ("unknown", "Otu000123", "unassigned", ""),
]  # fmt: skip


@pytest.mark.parametrize(("nomenclature", "text", "tier", "taxon"), EXACT)
def test_a_lineage_resolves_to_exactly_this(
    index: NameIndex, groups: Groups, nomenclature: str, text: str, tier: str, taxon: str
) -> None:
    found = resolved(index, groups, nomenclature, text)
    assert (found.tier, found.taxon) == (tier, taxon)


def test_a_homonym_in_another_phylum_is_not_taken(index: NameIndex, groups: Groups) -> None:
    right = "Bacteria;Bacteroidetes;Bacteroidia;Bacteroidales;Bacteroidaceae;Bacteroides"
    assert resolved(index, groups, "rdp", right).tier == "genus"
    wrong = "Bacteria;Actinobacteria;Coriobacteriia;Coriobacteriales;Elsewhere;Bacteroides"
    assert resolved(index, groups, "rdp", wrong).tier == "bacteria"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Firmicutes", "Bacillota_A"),
        ("Bacteroidetes", "Bacteroidota"),
        ("Proteobacteria", "Pseudomonadota"),
        ("Proteobacteria", "Desulfobacterota"),
        ("Proteobacteria", "Campylobacterota"),
        ("Actinobacteria", "Actinomycetota"),
        ("Actinobacteriota", "Actinomycetota"),
        ("Verrucomicrobia", "Verrucomicrobiota"),
    ],
)
def test_old_and_new_phylum_names_agree(
    index: NameIndex, groups: Groups, old: str, new: str
) -> None:
    resolver = Resolver(index, groups, "unknown")
    one, other = (resolver._phyla(parse(f"p__{name};c__")) for name in (old, new))
    assert one
    assert other
    assert one & other


def test_a_genus_is_narrowed_by_the_family_above(index: NameIndex, groups: Groups) -> None:
    in_lachno = resolved(index, groups, "greengenes", f"{GREEN}; g__Clostridium")
    in_own = resolved(
        index, groups, "greengenes", GREEN.replace("Lachnospiraceae", "Clostridiaceae")
        + "; g__Clostridium",
    )  # fmt: skip
    assert "Enterocloster bolteae" not in groups.read(in_own.taxon)
    assert groups.read(in_lachno.taxon).isdisjoint(groups.read(in_own.taxon))
    assert groups.read(in_lachno.taxon) <= groups.members["f__Lachnospiraceae"]


TABLES = {
    "ncbi": [
        "k__Bacteria; p__Firmicutes; c__Clostridia; o__Eubacteriales; f__Lachnospiraceae; "
        "g__Acetitomaculum; s__ruminis",
        "k__Bacteria; p__Actinobacteria; c__Actinomycetia; o__Actinomycetales; "
        "f__Actinomycetaceae; g__Actinomyces; s__bowdenii",
    ],
    "greengenes": [f"{GREEN}; g__Blautia; s__obeum", "k__Bacteria; p__Bacteroidetes; f__S24-7"],
    "silva": ["D_0__Bacteria;D_1__Proteobacteria;D_2__Gammaproteobacteria"],
    "gtdb": [
        "d__Bacteria;p__Fusobacteriota;c__Fusobacteriia;o__Fusobacteriales;f__Fusobacteriaceae;"
        "g__Fusobacterium;s__Fusobacterium nucleatum",
        "d__Bacteria;p__Firmicutes_A;f__Lachnospiraceae;g__Blautia_A",
    ],
    "greengenes2": ["d__Bacteria; p__Bacteroidota; f__Bacteroidaceae; g__Phocaeicola_A_858004"],
    "rdp": [f"{LACHNO};Clostridium_XlVa", f"{LACHNO};NA"],
    "unknown": ["Bacteroides", "Blautia"],
}


@pytest.mark.parametrize("nomenclature", TABLES)
def test_the_nomenclature_of_a_table_is_recognised(index: NameIndex, nomenclature: str) -> None:
    assert nomenclature_of(map(parse, TABLES[nomenclature]), index) == nomenclature


def test_other_meanings_are_shown(index: NameIndex, groups: Groups) -> None:
    found = resolved(index, groups, "ncbi", "Lactobacillus")
    assert "greengenes=" in found.alternatives
