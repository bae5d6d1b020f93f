"""Files that are missing, are folders, or cannot be read."""

import os
from pathlib import Path

import pytest

from tryptome.errors import MissingFileError
from tryptome.ingest import load_cohort

ROLES = ("table", "taxonomy", "metadata")


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "table.tsv").write_text("OTU\tS1\nOtu1\t1\n")
    (tmp_path / "taxonomy.tsv").write_text("Feature ID\tTaxon\nOtu1\td__Bacteria\n")
    (tmp_path / "metadata.tsv").write_text("id\tg\nS1\tx\n")
    return {role: tmp_path / f"{role}.tsv" for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_missing(inputs, role):
    gone = inputs[role].with_name(f"{role}s.tsv")
    with pytest.raises(MissingFileError, match=f"the {role}( file)? does not exist") as caught:
        load_cohort(**(inputs | {role: gone}))
    assert caught.value.place == str(gone)
    assert caught.value.remedy == f"did you mean `{inputs[role]}`?"


@pytest.mark.parametrize("role", ["taxonomy", "metadata"])
def test_folder(inputs, role, tmp_path):
    with pytest.raises(MissingFileError, match="is a folder, not a file"):
        load_cohort(**(inputs | {role: tmp_path}))


def test_special_file(inputs):
    pipe = inputs["table"].with_name("pipe")
    os.mkfifo(pipe)
    with pytest.raises(MissingFileError, match="no regular file"):
        load_cohort(pipe)


BAD = Path("/proc/self/mem")
"""A file whose first bytes cannot be read, as those on a bad disk."""


@pytest.mark.skipif(not BAD.exists(), reason="no file to be had that cannot be read")
@pytest.mark.parametrize("role", ROLES)
def test_a_disk_that_fails_is_told_of(inputs, role, tmp_path):
    bad = tmp_path / f"bad_{role}.tsv"
    bad.symlink_to(BAD)
    with pytest.raises(MissingFileError, match="cannot be read to its end") as caught:
        load_cohort(**(inputs | {role: bad}))
    assert caught.value.place == str(bad)


def test_loop_of_links(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(MissingFileError):
        load_cohort(tmp_path / "a")


def test_no_permission(inputs, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(MissingFileError, match=r"cannot be read .permission denied.") as caught:
        load_cohort(inputs["table"])
    assert "permissions" in caught.value.remedy
