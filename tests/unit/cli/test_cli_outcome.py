"""What is said at the end leads to one report, or to the page of all cohorts."""

import json

import pytest

from tryptome.cli import outcome
from tryptome.cli.summary import Summary
from tryptome.config import parse
from tryptome.paths import INDEX


@pytest.fixture
def end(tmp_path, monkeypatch, capsys):
    def run(*cohorts, as_json=False):
        (tmp_path / INDEX).parent.mkdir()
        (tmp_path / INDEX).write_text("<p>")
        one = Summary(12, 0.9, 11, -0.3, 0, 0, "report.html")
        monkeypatch.setattr(outcome.summary, "summarise", lambda folder, name: one)
        config = parse({"cohorts": {name: {"table": "table.tsv"} for name in cohorts}})
        assert outcome.conclude(0, config, tmp_path, dry=False, as_json=as_json) == 0
        return capsys.readouterr().out

    return run


def test_one_report_is_opened_by_itself(end):
    assert end("a").endswith("Report: report.html\n")


def test_several_are_listed_on_a_page(end, tmp_path):
    assert end("a", "b").endswith(f"Index: {tmp_path / INDEX}\n")


def test_machines_are_told_either_way(end, tmp_path):
    assert json.loads(end("a", as_json=True))["index"] == str(tmp_path / INDEX)
