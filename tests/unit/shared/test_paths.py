"""What ships is found in a checkout; paths of users stay as they are."""

from pathlib import Path

import pytest

from tryptome import paths
from tryptome.errors import MissingFileError
from tryptome.paths import STAGES, cohort_dir, locate, resource, share


def test_the_shipped_folder_holds_workflow_scripts_and_resources():
    for part in ("Snakefile", "workflow/Snakefile", "scripts/library.py", "config/config.yaml"):
        assert (share() / part).is_file()
    assert resource("knowledge").is_dir()


def test_every_stage_has_its_rule_script_and_package():
    for stage in STAGES:
        assert (share() / "workflow" / "rules" / f"{stage}.smk").is_file()
        assert (share() / "scripts" / f"{stage}.py").is_file()
        assert (Path(paths.__file__).parent / stage / "__init__.py").is_file()


def test_paths_of_users_are_left_alone(monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    assert locate("data/a.tsv") == Path("data/a.tsv")
    assert locate("/data/a.tsv") == Path("/data/a.tsv")
    assert locate("~/a.tsv") == Path("/home/somebody/a.tsv")


def test_shipped_paths_lie_under_resources():
    assert locate("tryptome:demo/a.biom") == share() / "resources" / "demo" / "a.biom"


def test_results_are_relative_to_the_working_directory():
    assert cohort_dir("a", "ingest") == Path("results/cohorts/a/ingest")


def test_an_incomplete_installation_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "lib" / "tryptome" / "paths.py"))
    with pytest.raises(MissingFileError, match="reinstall"):
        share()
