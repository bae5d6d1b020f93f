"""Sources side by side: who agrees with the base source, and on which species not."""

import pytest

from tryptome.errors import NameNotFoundError
from tryptome.knowledge import load
from tryptome.knowledge.conflicts import AGREES, ALONE, BASE, CONFLICTS, MIXED, conflicts


def verdicts(species, capability):
    return {found.source: found.verdict for found in conflicts(species, load(), capability)}


def test_presence_against_absence_is_a_conflict():
    """AGORA2's literature has B. fragilis as a producer of indole; no genome has the gene."""
    base, other = conflicts(["Bacteroides fragilis"], load(), "indole")
    assert (base.source, base.verdict, base.positives, base.genomes) == ("mcseed", BASE, 0, 6)
    assert (other.source, other.verdict) == ("agora2_literature", CONFLICTS)
    assert other.presence_only
    assert other.genomes == other.positives == 24
    assert other.conflicting == ("Bacteroides fragilis",)


def test_no_source_is_infallible():
    """A. putredinis: no tryptophanase in the base source, where AGORA2 has one."""
    assert verdicts(["Alistipes putredinis"], "indole")["agora2_literature"] == CONFLICTS


def test_agreement():
    found = verdicts(["Clostridium sporogenes"], "indolepropionate")
    assert found == {"agora2_aaferm": BASE, "agora2_literature": AGREES, "gutmgene": AGREES}


def test_a_flux_model_may_hide_an_auxotrophy():
    found = verdicts(["Clostridium sporogenes"], "trp_synthesis")
    assert found["agora2_flux"] == CONFLICTS
    assert found["agora2_pubseed"] == found["paprica"] == AGREES


def test_a_set_of_species_is_compared_species_by_species():
    pair = ["Bacteroides fragilis", "Bacteroides thetaiotaomicron"]
    other = next(o for o in conflicts(pair, load(), "indole") if o.source == "agora2_literature")
    assert (other.verdict, other.compared, other.species) == (MIXED, 2, 2)
    assert other.conflicting == ("Bacteroides fragilis",)


def test_counts_are_those_of_the_table_and_are_not_added():
    rows = load().evidence.query("species == 'Escherichia coli' and capability == 'indole'")
    found = conflicts(["Escherichia coli"], load(), "indole")
    assert {o.source: o.genomes for o in found} == rows.set_index("source")["genomes"].to_dict()
    assert found[0].genomes == 91


def test_where_the_base_source_knows_nothing_there_is_nothing_to_compare():
    found = conflicts(["Ligilactobacillus ruminis", "Lacticaseibacillus casei"], load())
    serotonin = [o for o in found if o.capability == "serotonin_synthesis"]
    assert [(o.source, o.verdict, o.compared) for o in serotonin] == [("gutmgene", ALONE, 0)]


def test_capabilities_stand_in_the_order_of_the_report_base_first():
    found = conflicts(["Escherichia coli"], load())
    order = [c.name for c in load().capabilities]
    assert [order.index(o.capability) for o in found] == sorted(
        order.index(o.capability) for o in found
    )
    first = {}
    for opinion in found:
        first.setdefault(opinion.capability, opinion.verdict)
    covered = {o.capability for o in found if o.verdict == BASE}
    assert all(first[name] == BASE for name in covered)
    assert len(covered) > 20


def test_an_unknown_capability_is_named():
    with pytest.raises(NameNotFoundError, match="indole"):
        conflicts(["Escherichia coli"], load(), "indol")
