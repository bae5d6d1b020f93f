"""The one way to write a set of species: reading it back gives the set."""

from hypothesis import given
from hypothesis import strategies as st

from tryptome.knowledge import load
from tryptome.knowledge.sets import RANKS, Groups, label, tier

SPECIES = [f"{genus} {letter}" for genus in "ABCDE" for letter in "xyz"]
GROUPS = Groups(
    {name: name[0] for name in SPECIES},
    {name: {"A": "One", "B": "One", "C": "Two"}.get(name[0], "Three") for name in SPECIES},
)
SETS = st.sets(st.sampled_from(SPECIES), min_size=1)


@given(SETS, st.sampled_from(RANKS), st.randoms())
def test_reading_gives_the_set_whatever_the_order(species, rank, random) -> None:
    shuffled = sorted(species)
    random.shuffle(shuffled)
    taxon = GROUPS.write(shuffled, rank)
    assert GROUPS.read(taxon) == species
    assert taxon == GROUPS.write(sorted(species), rank)
    assert taxon == GROUPS.write(GROUPS.read(taxon), rank)


@given(SETS, SETS, st.sampled_from(RANKS))
def test_two_sets_are_never_written_alike(one, other, rank) -> None:
    assert (GROUPS.write(one, rank) == GROUPS.write(other, rank)) == (one == other)


@given(SETS)
def test_no_coarser_group_would_do(species) -> None:
    parts = GROUPS.write(species, "family").split("|")
    for family, members in (("f__One", "AB"), ("f__Two", "C"), ("f__Three", "DE")):
        whole = {name for name in SPECIES if name[0] in members}
        assert (family in parts) == (whole <= species)


def test_a_family_of_one_genus_and_that_genus_are_two_taxa() -> None:
    species = {"C x", "C y", "C z"}
    assert GROUPS.write(species, "family") == "f__Two"
    assert GROUPS.write(species, "genus") == "g__C"
    assert GROUPS.write(species, "species") == "s__C x|s__C y|s__C z"


def test_every_group_of_the_reference_is_written_as_itself() -> None:
    groups = Groups.of(load().species)
    for name, members in groups.members.items():
        rank = {"s": "species", "g": "genus", "f": "family"}[name[0]]
        assert groups.write(members, rank) == name
        assert tier(name) == rank


def test_a_label_stays_short() -> None:
    taxon = "|".join(f"s__Longname speciesname{i}" for i in range(100))
    assert len(label(taxon)) < 90
    assert "98 more" in label(taxon)
