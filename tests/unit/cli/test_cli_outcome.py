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


POOLED = "question\tpoolable\treason\nill\tfalse\tnone is named\ndiet\ttrue\t\n"


@pytest.mark.parametrize(("named", "status"), [(True, 3), (False, 0)])
def test_a_question_that_was_asked_and_not_pooled_is_told(tmp_path, capsys, named, status):
    contrast = {"column": "g", "reference": "0", "level": "1"}
    cohort = {"table": "t.tsv", "contrasts": {"ill": contrast, "diet": contrast}}
    asked = {name: {"contrasts": {"a": name, "b": name}} for name in ("ill", "diet")}
    content = {"cohorts": {"a": cohort, "b": cohort}}
    config = parse(content | ({"pool": {"questions": asked}} if named else {}))
    folder = tmp_path / "results" / "pooled"
    folder.mkdir(parents=True)
    (folder / "pooled.tsv").write_text(POOLED)
    assert outcome.conclude(0, config, tmp_path, dry=False, as_json=False) == status
    said = capsys.readouterr().err
    assert said == ("Not pooled: question ill: none is named\n" if named else "")


@pytest.mark.parametrize("dry", [True, False])
def test_where_no_job_was_started_no_logs_are_named(tmp_path, capsys, dry):
    config = parse({"cohorts": {"a": {"table": "t.tsv"}}})
    logs = tmp_path / "results" / "provenance" / "logs"
    for begun in (False, True):
        outcome.conclude(1, config, tmp_path, dry=dry, as_json=False)
        assert (str(logs) in capsys.readouterr().err) is (begun and not dry)
        logs.mkdir(parents=True, exist_ok=True)
