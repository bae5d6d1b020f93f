"""The pages of docs/knowledge.md: what they count, and that they are joined as they stand."""

import os
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

import compare_ko_rules
import compare_nomenclatures
import join_knowledge_docs
from tryptome.knowledge import load
from tryptome.paths import share

RAW = os.environ.get("TRYPTOME_DATA")
needs_data = pytest.mark.skipif(not RAW, reason="TRYPTOME_DATA is not set")
DOCS = share() / "docs"


@given(st.tuples(*[st.integers(0, 50)] * 4).filter(lambda counts: sum(counts) > 0))
def test_kappa_is_that_of_statsmodels(counts):
    both, ours, theirs, neither = counts
    table = np.array([[both, ours], [theirs, neither]])
    agreement, kappa = compare_ko_rules.scores(*counts)
    assert agreement == pytest.approx((both + neither) / table.sum())
    if both + ours in (0, table.sum()) and both + theirs == both + ours:
        assert kappa == "–"
    else:
        assert float(kappa) == pytest.approx(cohens_kappa(table).kappa, abs=0.0051)


def test_outcomes_are_of_the_list_against_all_curated_genomes():
    lists = pd.Series(
        {"Escherichia_coli_X": frozenset({"K01667"}), "Bacteroides_fragilis_Y": frozenset()}
    )
    places = {"Escherichia_coli_X": "Escherichia coli"}
    places["Bacteroides_fragilis_Y"] = "Bacteroides fragilis"
    rows = compare_ko_rules.compare(lists, places, load())
    found = rows.set_index(["organism", "capability"])["outcome"]
    assert found["Escherichia coli X", "indole"] == "both"
    assert found["Escherichia coli X", "trp_synthesis"] == "curated only"
    assert found["Bacteroides fragilis Y", "indole"] == "neither"
    assert "trp_diversion" not in set(rows["capability"])


def test_organisms_are_found_in_the_genera_where_they_are_now():
    namesakes = compare_ko_rules.Namesakes(load())
    assert namesakes.find("Bacteroides_vulgatus_ATCC_8482") == "Phocaeicola vulgatus"
    assert namesakes.find("Escherichia_coli_O157_H7_EC4115") == "Escherichia coli"
    assert namesakes.find("Methanobrevibacter_smithii_DSM_2375") == ""
    assert namesakes.find("Desulfovibrio_vulgaris_Miyazaki_F") == ""


@needs_data
@pytest.mark.data
def test_ko_rules_agree_with_curated_genomes_and_the_page_is_the_same_again(tmp_path):
    pages = [tmp_path / "1.md", tmp_path / "2.md"]
    for page in pages:
        compare_ko_rules.main(str(share() / "resources" / "knowledge"), RAW, str(page))
    text = pages[0].read_text(encoding="utf-8")
    assert text == pages[1].read_text(encoding="utf-8")
    kappa = dict(re.findall(r"^\| `(\w+)` .*\| ([\d.]+) \|$", text, re.MULTILINE))
    assert float(kappa["indole"]) > 0.9
    assert float(kappa["trp_synthesis"]) > 0.6
    assert "Alistipes putredinis" in text.split("`indole`, by KO only: ")[1].split("\n")[0]


@needs_data
@pytest.mark.data
def test_estimates_under_both_greengenes_agree(tmp_path):
    compare_nomenclatures.main(RAW, str(tmp_path / "page.md"))
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w:]+)` \| (\d+) \| ([\d.-]+) \|", text, re.MULTILINE)
    rho = {quantity: float(value) for quantity, count, value in rows if int(count) > 20}
    assert rho["share:indole"] > 0.9
    assert rho["precursor_balance"] > 0.9
    assert np.median(list(rho.values())) > 0.85


def test_sections_are_joined_in_order_with_working_links(tmp_path):
    for name, text in (("a", "# A (1)\n\n## Inner\n"), ("b", "# B: two\nx # y\n")):
        (tmp_path / name).write_text(text)
    out = tmp_path / "out.md"
    join_knowledge_docs.main(str(out), str(tmp_path / "a"), str(tmp_path / "b"))
    text = out.read_text(encoding="utf-8")
    assert text.index("## A (1)") < text.index("### Inner") < text.index("## B: two\nx # y")
    assert "(#a-1)" in text
    assert "(#b-two)" in text


def test_a_section_without_heading_is_refused():
    with pytest.raises(ValueError, match="heading"):
        join_knowledge_docs.title("text\n# Late\n")


def test_the_page_holds_its_sections_as_they_stand():
    page = (DOCS / "knowledge.md").read_text(encoding="utf-8")
    sections = sorted((DOCS / "knowledge").glob("*.md"))
    assert {"greengenes.md", "ko_rules.md", "posterior.md"} <= {path.name for path in sections}
    for section in sections:
        text = section.read_text(encoding="utf-8")
        told = "run maintain/join_knowledge_docs.py"
        assert join_knowledge_docs.demoted(text).rstrip() in page, told
