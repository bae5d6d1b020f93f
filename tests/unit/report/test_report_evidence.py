"""What each capability rests on, and each sample by itself."""

import re
from pathlib import Path

import pandas as pd
import pytest
from conftest import make, unassessable

from tryptome.report import evidence, portraits
from tryptome.report.contrasts import SCENARIO_TITLES


@pytest.fixture
def content(tmp_path):
    made = make(tmp_path, pd.DataFrame({"sample": ["<b>a</b>", "b", "c"]}))
    unassessable(made, ["b"], "no reads")
    return made.content()


def test_evidence_of_a_capability_is_that_of_the_tables(content):
    shown = evidence.collect(content.results, content.knowledge, content.capabilities)
    assert [entry.capability for entry in shown] == content.capabilities
    indole = next(entry for entry in shown if entry.capability.name == "indole")
    table = content.results.contributions
    parts = table[(table["quantity"] == "share:indole") & (table["taxon"] != "rest")]
    order = parts.groupby("taxon")["mean"].sum().sort_values(ascending=False).index
    labels = [content.results.taxon_label(taxon) for taxon in order]
    assert [taxon.label for taxon in indole.taxa] == labels[: evidence.MOST]
    assert {(t.prevalence, t.species, t.genomes) for t in indole.taxa} == {
        ("40%", "4 of 9", "18 of 45")
    }
    literature = content.knowledge.literature
    said = literature[literature["capability"] == "indole"]
    assert [s.statement for s in indole.statements] == list(said["statement"])


def test_a_complement_has_the_source_and_the_literature_of_what_it_complements(content):
    shown = evidence.collect(content.results, content.knowledge, content.capabilities)
    known = {entry.capability.name: entry for entry in shown}
    assert known["trp_auxotrophy"].source == known["trp_synthesis"].source != ""
    assert known["trp_auxotrophy"].statements == known["trp_synthesis"].statements


def test_a_sample_is_told_in_its_own_numbers_and_never_as_zero(content):
    first, second, _ = portraits.portraits(content.results, content.capabilities)
    assert (first.sample, first.anchor) == ("<b>a</b>", "sample-1")
    balance = content.results.listed("precursor_balance").iloc[0]
    assert first.rows[0][:2] == ("Precursor balance", f"{balance['mean']:.2f}".replace("-", "−"))
    assert {row[1:] for row in second.rows if "scenario" not in row[0]} == {
        ("not assessable", "no reads", "")
    }
    # The interval for all cells stands beside what has one: the mass balance has none.
    words = {title: of_all for title, _, _, of_all in first.rows}
    ends = (f"{balance[end]:.2f}".replace("-", "−") for end in ("all_q05", "all_q95"))
    assert words["Precursor balance"] == " to ".join(ends)
    assert {words[title] for title in SCENARIO_TITLES.values()} == {""}
    assert second.makers == ""
    table = content.results.contributions
    own = table[(table["sample"] == "<b>a</b>") & (table["quantity"] == "share:trp_synthesis")]
    largest = own[own["taxon"] != "rest"].sort_values("mean").iloc[-1]
    assert first.makers.startswith(content.results.taxon_label(largest["taxon"]))


def test_files_to_take_away_are_those_that_the_export_writes(tmp_path):
    made = make(tmp_path, pd.DataFrame({"sample": ["a"]}))
    linked = set(re.findall(r'href="\.\./(export/[^"]+)"', made.run()))
    rule = (Path(__file__).parents[3] / "workflow" / "rules" / "export.smk").read_text("utf-8")
    written = set(re.findall(r"results/cohorts/\{cohort\}/(export/[^\"]+)", rule))
    assert linked == {name for name in written if "multiqc" not in name}


def test_names_of_samples_stay_text_in_their_sections(tmp_path):
    made = make(tmp_path, pd.DataFrame({"sample": ["<b>a</b>", "b"]}))
    html = made.run()
    section = html.split('<section id="samples"')[1].split("</section>")[0]
    assert "<b>" not in section
    assert 'href="#sample-1"><bdi>&lt;b&gt;a&lt;/b&gt;</bdi></a>' in section
    assert section.count('id="sample-') == 2 + 1  # and the table of all
