"""Outputs appear whole or not at all."""

import os
import shutil
from pathlib import Path

import pytest

from tryptome.atomic import clear_leftovers, whole, whole_folder, write_text
from tryptome.errors import OutputError


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_the_destination_does_not_exist_before_the_end(tmp_path):
    target = tmp_path / "new" / "a.txt"
    with whole(target) as partial:
        partial.write_text("half")
        assert not target.exists()
        assert partial.parent == target.parent
        assert partial.suffix == ".txt"
    assert target.read_text() == "half"
    assert names(target.parent) == ["a.txt"]


def test_a_failure_leaves_the_earlier_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("earlier")
    with pytest.raises(ZeroDivisionError), whole(target) as partial:
        partial.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "earlier"
    assert names(tmp_path) == ["a.txt"]


def test_a_failure_to_write_is_an_error_with_its_place(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError) as caught:
        write_text(tmp_path / "file" / "a.txt", "text")
    assert caught.value.place == str(tmp_path / "file" / "a.txt")


def test_a_folder_is_never_replaced_by_a_file(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OutputError):
        write_text(tmp_path / "a.txt", "text")
    assert (tmp_path / "a.txt").is_dir()
    assert names(tmp_path) == ["a.txt"]


def test_text_is_utf8_with_lf(tmp_path: Path):
    write_text(tmp_path / "a.txt", "ä\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa4\nb\n"


@pytest.mark.parametrize("writer", [whole, whole_folder])
def test_what_a_killed_process_left_is_cleared_and_nothing_else(tmp_path, writer):
    others = ["a.txt", ".hidden", ".a.partial.txt", "a.0123abcd.partial.txt"]
    for name in others:
        (tmp_path / name).write_text(name)
    # A block that never ends is what a kill leaves behind.
    block = writer(tmp_path / "b.txt")
    left = block.__enter__()
    if writer is whole:
        left.write_text("half")
    else:
        (left / "half").write_text("half")
    clear_leftovers(tmp_path)
    assert sorted(names(tmp_path)) == sorted(others)


def test_a_leftover_that_a_job_still_fills_is_cleared_the_next_time(tmp_path, monkeypatch):
    left = tmp_path / ".figures.0123abcd.partial"
    left.mkdir()
    remove = os.rmdir

    def filled_meanwhile(path, **where):
        (left / "late").touch()
        remove(path, **where)

    monkeypatch.setattr(os, "rmdir", filled_meanwhile)
    clear_leftovers(tmp_path)
    assert names(left) == ["late"]
    monkeypatch.undo()
    clear_leftovers(tmp_path)
    assert names(tmp_path) == []


def test_where_a_folder_cannot_be_put_in_its_place_the_one_before_stays(tmp_path):
    target = tmp_path / "figures"
    with whole_folder(target) as partial:
        (partial / "before").touch()
    with pytest.raises(OutputError), whole_folder(target) as partial:
        partial.rmdir()  # as a run does that begins while a job of a killed one goes on
    assert names(target) == ["before"]
    assert names(tmp_path) == ["figures"]


def test_a_folder_is_never_half_of_the_one_before(tmp_path, monkeypatch):
    target = tmp_path / "figures"
    for text in ("before", "after"):
        with whole_folder(target) as partial:
            (partial / text).write_text(text)
            if text == "after":  # a kill while what was there is removed: nothing more is
                monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    assert names(target) == ["after"]
    monkeypatch.undo()
    clear_leftovers(tmp_path)
    assert names(tmp_path) == ["figures"]
