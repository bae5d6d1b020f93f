"""``tryptome run --profile``: a profile that ships, or a folder; else the names that there are."""

from pathlib import Path

import pytest

from tryptome.cli.run import _profile
from tryptome.errors import MissingFileError
from tryptome.paths import share
from tryptome.workflow import engine


def words(profile):
    return engine.command(Path("c.yaml"), Path("run"), None, [], profile)


def test_a_profile_that_ships_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = _profile("slurm")
    assert found == share() / "profiles" / "slurm"
    line = words(found)
    assert line[line.index("--workflow-profile") + 1] == str(found)
    assert "--cores" not in line, "the profile of a cluster says how many"


def test_without_one_jobs_run_here():
    line = words(_profile(None))
    assert line[line.index("--workflow-profile") + 1] == str(share() / "profiles" / "default")


def test_a_folder_of_the_users_own_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "config.yaml").write_text("executor: slurm\n")
    assert words(_profile("ours"))[-1] == "--rerun-incomplete"
    assert str(tmp_path / "ours") in words(_profile("ours"))


@pytest.mark.parametrize("name", ["slrum", ""])
def test_another_name_is_refused_with_those_that_there_are(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("seed: 1\n")
    with pytest.raises(MissingFileError) as caught:
        _profile(name)
    assert "cluster-generic, default, slurm" in str(caught.value)
