"""``tryptome lookup``: what a name stands for, and names that stand for nothing."""

import json

import pytest

from tryptome.cli import main
from tryptome.knowledge import load


def test_a_name_is_described_with_its_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "--json", "[Ruminococcus] gnavus group"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert entry["species"] == ["Mediterraneibacter gnavus"]
    assert entry["genomes"] == 3
    assert [row["capability"] for row in entry["capabilities"]] == [
        capability.name for capability in load().capabilities
    ]
    tryptamine = next(r for r in entry["capabilities"] if r["capability"] == "tryptamine")
    assert (tryptamine["positives"], tryptamine["genomes"]) == (3, 3)
    assert tryptamine["q05"] < tryptamine["mean"] < tryptamine["q95"]


def test_words_name_the_set_and_its_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "Akkermansia muciniphila"]) == 0
    shown = capsys.readouterr().out
    assert "s__Akkermansia muciniphila" in shown
    indole = next(line for line in shown.splitlines() if line.split()[:1] == ["indole"])
    assert "3 of 3" in indole


def test_a_taxon_as_results_write_it_is_taken_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "--json", "f__Lachnospiraceae"]) == 0
    assert json.loads(capsys.readouterr().out)["taxon"] == "f__Lachnospiraceae"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Fecalibacterium", "Faecalibacterium"),
        ("Methanobrevibacter", "archaea"),
        ("Streptomyces", "no genome of it"),
        ("=cmd()\x1b[31m", "check the spelling"),
        ("x" * 10_000, "check the spelling"),
        ("", "check the spelling"),
    ],
)
def test_an_unknown_name_is_said_to_be_so(
    capsys: pytest.CaptureFixture[str], name: str, remedy: str
) -> None:
    assert main(["lookup", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert remedy in shown.err
    assert "[T500]" in shown.err
    assert "\x1b" not in shown.err
    assert len(shown.err) < 1000


def test_experiments_stand_beside_the_genomes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "Mediterraneibacter gnavus"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.split()[:1] == ["tryptamine"])
    shown = "experiment: present in Mediterraneibacter gnavus, doi:10.3389/frmbi.2024.1373335"
    assert any(shown in line for line in lines[at : at + 4])
