"""The page of the knowledge base: one file, offline, that shows what the library says."""

import base64
import hashlib
import json
import re

import pytest

from knowledge_page.__main__ import render
from knowledge_page.data import dump
from tryptome.annotate.posterior import prevalence
from tryptome.knowledge import load
from tryptome.knowledge.conflicts import conflicts
from tryptome.knowledge.statements import statements

LARGEST = 5 * 2**20


@pytest.fixture(scope="module")
def html():
    return render(load())


@pytest.fixture(scope="module")
def data(html):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', html)[1]
    )


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_one_small_file_that_loads_nothing(html):
    assert len(html.encode()) < LARGEST
    assert not re.search(r"<(?:link|img|iframe|script[^>]+src)|\bon\w+=|style=|url\(|@import", html)
    assert re.findall(r'(?:src|href)="(?!#)', html) == []


def test_policy_allows_only_the_pages_own_style_and_script(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest(style)}'" in policy
    assert f"script-src 'sha256-{digest(script)}'" in policy
    assert "unsafe" not in policy


def test_the_same_bytes_again(html):
    assert render(load()) == html


def test_a_name_of_silva_stands_for_what_the_library_says(data):
    (found,) = [entry for entry in data["names"] if entry[0] == "[ruminococcus] gnavus group"]
    assert data["taxa"][found[3]] == "g__Ruminococcus_B"
    assert (data["nomenclatures"][found[1]], data["ranks"][found[2]]) == ("silva", "genus")


@pytest.mark.parametrize(
    "taxon", ["g__Ruminococcus_B", "f__Lachnospiraceae", "s__Escherichia coli"]
)
def test_posteriors_are_those_of_the_library(data, taxon):
    shown = data["posteriors"][data["taxa"].index(taxon)]
    for cell, row in zip(shown, prevalence([taxon], load()).to_dict("records"), strict=True):
        if row["assessable"]:
            told = [cell[0] / 1000, cell[1] / 1000, cell[2] / 1000]
            assert told == pytest.approx([row["mean"], row["q05"], row["q95"]], abs=0.00051)
            assert data["levels"][cell[3]] == row["level"]
        else:
            assert data["reasons"][cell] == row["reason"]


def test_counts_and_conflicts_of_a_species_are_those_of_the_library(data):
    names = [name for name, _, _ in data["species"]]
    species = names.index("Bacteroides fragilis")
    flat = data["counts"][species]
    rows = {tuple(flat[i : i + 2]): flat[i + 2 : i + 4] for i in range(0, len(flat), 4)}
    against = {(c, s) for c, s, held in data["conflicts"] if species in held}
    capabilities = [c.name for c in load().capabilities]
    sources = [s["name"] for s in data["sources"]]
    opinions = conflicts(["Bacteroides fragilis"], load())
    assert len(opinions) == len(rows)
    for opinion in opinions:
        key = (capabilities.index(opinion.capability), sources.index(opinion.source))
        assert rows[key] == [opinion.positives, opinion.genomes]
        assert (key in against) == bool(opinion.conflicting)


def test_statements_of_experiments_stand_with_their_species_and_article(data):
    names = [name for name, _, _ in data["species"]]
    shown = [(text, article) for text, article, held in data["statements"]
             if names.index("Mediterraneibacter gnavus") in held]  # fmt: skip
    told = statements(["Mediterraneibacter gnavus"], load())
    assert {article for _, article in shown} == {statement.address for statement in told} != set()
    assert len(shown) == len(told)


def test_text_cannot_end_the_data():
    assert "<" not in dump({"name": "</script><script>alert(1)</script>"})
    assert json.loads(dump({"name": "</script>"})) == {"name": "</script>"}
