"""The record of a run says what was used and made, and verify holds results against it."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from tryptome.cli import main
from tryptome.config import load
from tryptome.paths import resource
from tryptome.workflow import engine, provenance
from tryptome.workflow.crate import result_files
from tryptome.workflow.fingerprint import knowledge_fingerprint
from tryptome.workflow.inputs import input_files

BEGIN, END = (datetime(2026, 1, 2, 3, minute, tzinfo=UTC) for minute in (4, 5))
FILES = {
    "cohorts/a/estimate/quantities.parquet": "numbers",
    "cohorts/a/report/report.html": "<p>",
    "cohorts/a/report/figures/a b.svg": "<svg>",
    "cohorts/other/report/report.html": "of another configuration",
    "pooled/pooled.tsv": "together",
    "provenance/logs/a/estimate.log": "at 3 o'clock",
}
RECORDED = {name for name in FILES if not name.startswith(("cohorts/other", "provenance"))}


@pytest.fixture
def finished(tmp_path):
    """Working directory of a run that is described; it reads a file above itself."""
    directory = tmp_path / "work"
    for name, text in FILES.items():
        path = directory / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / "results" / "cohorts" / "a" / ".snakemake_timestamp").write_text("")
    (tmp_path / "table.tsv").write_text("a table")
    (directory / "facts.tsv").write_text("facts")
    source = directory / "c.yaml"
    source.write_text("cohorts: {a: {table: ../table.tsv, metadata: facts.tsv}}\nseed: 7\n")
    config = load(source)
    provenance.record(directory, config, source, begin=BEGIN, end=END, status=0)
    provenance.describe(directory, config, begin=BEGIN, end=END)
    return directory


def verify(*words):
    return main(["verify", *map(str, words)])


def test_another_reader_finds_files_inputs_and_times(finished):
    crate = ROCrate(finished / "results")
    run = crate.get("#run")
    assert run["startTime"] == "2026-01-02T03:04:00+00:00"
    assert {entity["name"] for entity in run["result"]} == RECORDED
    for entity in run["result"]:
        content = (finished / "results" / entity["name"]).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["contentSize"] == str(len(content))
    given = {entity["name"]: entity for entity in run["object"]}
    assert given["a: table"]["value"] == "../table.tsv"
    assert given["a: table"]["sha256"] == hashlib.sha256(b"a table").hexdigest()
    assert given["seed"]["value"] == "7"
    version = (resource("knowledge") / "VERSION").read_text().strip()
    assert given["knowledge base"]["value"] == f"{version} ({knowledge_fingerprint()})"
    assert given["target"]["value"] == "default"
    assert crate.mainEntity["programmingLanguage"]["name"] == "Snakemake"
    names = {e["name"] for e in crate.get_by_type("SoftwareApplication")}
    assert {"tryptome", "snakemake", "pandas"} <= names


def test_studies_and_hidden_folders_are_no_files_of_a_run(finished):
    results = finished / "results"
    before = result_files(results, load(finished / "c.yaml"))
    for place in ("studies/one/verdicts.tsv", ".snakemake/m", "pooled/.cache/x"):
        (results / place).parent.mkdir(parents=True, exist_ok=True)
        (results / place).write_text("x")
    assert result_files(results, load(finished / "c.yaml")) == before != []


def test_the_workflow_that_ran_is_kept_beside_its_results(finished):
    crate = ROCrate(finished / "results")
    for entity in (crate.mainEntity, *crate.mainEntity["hasPart"]):
        assert (finished / "results" / entity.id).is_file()


def test_no_machine_path_is_in_the_record(finished, tmp_path):
    assert str(tmp_path) not in (finished / "results" / "ro-crate-metadata.json").read_text()


def test_inputs_that_are_folders_or_shipped_are_given_file_by_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    for name in ("s2.tsv", "s1.tsv"):
        (tmp_path / "profiles" / name).write_text("1")
    (tmp_path / "c.yaml").write_text(
        "cohorts: {a: {table: profiles}, b: {table: 'tryptome:demo/david2014.biom'}}\n"
    )
    assert input_files(load(tmp_path / "c.yaml")) == {
        "a: table: s1.tsv": "profiles/s1.tsv",
        "a: table: s2.tsv": "profiles/s2.tsv",
        "b: table": "tryptome:demo/david2014.biom",
    }


def test_folders_in_a_folder_of_inputs_are_gone_through(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("models/deep/er/b.tsv", "models/a.tsv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "c.yaml").write_text(
        "cohorts: {a: {table: 'tryptome:demo/david2014.biom'}}\nestimate: {prediction: models}\n"
    )
    config = load(tmp_path / "c.yaml")
    assert {role: path for role, path in input_files(config).items() if "pred" in role} == {
        "prediction: a.tsv": "models/a.tsv",
        "prediction: deep/er/b.tsv": "models/deep/er/b.tsv",
    }
    provenance.record(tmp_path, config, tmp_path / "c.yaml", begin=BEGIN, end=END, status=0)
    place = provenance.describe(tmp_path, config, begin=BEGIN, end=END)
    assert hashlib.sha256(b"models/deep/er/b.tsv").hexdigest() in place.read_text()


@pytest.mark.parametrize("place", ["", "results"])
def test_untouched_results_are_verified(finished, place, capsys):
    assert verify(finished / place, "--quick") == 0
    assert "Nothing differs." in capsys.readouterr().out


def test_each_kind_of_difference_is_told(finished, capsys):
    results = finished / "results" / "cohorts" / "a"
    (results / "report" / "report.html").write_text("<p>!")
    (results / "estimate" / "quantities.parquet").unlink()
    (results / "estimate" / "more.tsv").write_text("")
    assert verify(finished, "--quick", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["verified"]
    assert {(d["file"], d["what"]) for d in told["differences"]} == {
        ("cohorts/a/report/report.html", "changed"),
        ("cohorts/a/estimate/quantities.parquet", "missing"),
        ("cohorts/a/estimate/more.tsv", "not recorded"),
    }


def test_results_that_come_out_otherwise_are_told(finished, monkeypatch, capsys):
    """In the place of Snakemake: a run that writes one file otherwise."""
    seen = {}

    def run(words, **options):
        folder = Path(words[words.index("--directory") + 1])
        seen["inputs"] = (folder / "facts.tsv").read_text(), (folder / "../table.tsv").read_text()
        seen["results"] = (folder / "results").exists()
        shutil.copytree(finished / "results", folder / "results")
        (folder / "results" / "pooled" / "pooled.tsv").write_text("apart")
        return 0

    monkeypatch.setattr(engine, "execute", run)
    assert verify(finished) == 1
    assert "recomputed otherwise: pooled/pooled.tsv" in capsys.readouterr().out
    assert seen == {"inputs": ("facts", "a table"), "results": False}
    assert not list(finished.parent.glob(".tryptome-verify-*"))


def test_a_run_that_fails_again_is_no_verification(finished, monkeypatch, capsys):
    monkeypatch.setattr(engine, "execute", lambda words, **options: 1)
    assert verify(finished) == 2
    assert "could not be repeated" in capsys.readouterr().err


@pytest.mark.parametrize("change", ["changed", "missing"])
def test_other_inputs_are_an_error_before_anything_runs(finished, monkeypatch, change, capsys):
    monkeypatch.setattr(engine, "execute", lambda words, **options: pytest.fail("it ran"))
    if change == "changed":
        (finished.parent / "table.tsv").write_text("another table")
    else:
        (finished.parent / "table.tsv").unlink()
    assert verify(finished) == 2
    said = capsys.readouterr().err
    assert f"../table.tsv: 1 inputs are not those of the run, the first of them: {change}" in said


def test_other_software_is_told_and_is_no_difference(finished, capsys):
    path = finished / "results" / "ro-crate-metadata.json"
    content = json.loads(path.read_text())
    for entity in content["@graph"]:
        if entity["@id"] == "#software-pandas":
            entity["softwareVersion"] = "0.1"
    path.write_text(json.dumps(content))
    assert verify(finished, "--quick") == 0
    assert "other software: pandas: 0.1 then" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda results: (results / "ro-crate-metadata.json").unlink(), "T201"),
        (lambda results: (results / "ro-crate-metadata.json").write_text("{"), "T202"),
        (lambda results: (results / "ro-crate-metadata.json").write_text('{"@graph": []}'), "T202"),
        (lambda results: (results / "provenance" / "config.json").unlink(), "T201"),
        (lambda results: (results / "provenance" / "config.json").write_text("{}"), "T202"),
    ],
)
def test_a_record_that_cannot_be_used_is_an_error(finished, damage, said, capsys):
    damage(finished / "results")
    assert verify(finished, "--quick") == 2
    assert said in capsys.readouterr().err
