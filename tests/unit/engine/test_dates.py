"""Files of the future: inputs are refused, results are dated anew."""

import os
import time

import pytest

from tryptome.config import parse
from tryptome.errors import InputError
from tryptome.workflow.dates import redate, refuse_future

YEAR = 365 * 86_400


@pytest.mark.parametrize("role", ["table", "metadata"])
def test_an_input_of_the_future_is_named_with_what_to_do(tmp_path, monkeypatch, role):
    monkeypatch.chdir(tmp_path)
    for name in ("table.tsv", "metadata.tsv"):
        (tmp_path / name).touch()
    config = parse({"cohorts": {"c": {"table": "table.tsv", "metadata": "metadata.tsv"}}})
    refuse_future(config)
    ahead = time.time() + YEAR
    os.utime(tmp_path / f"{role}.tsv", (ahead, ahead))
    with pytest.raises(InputError, match="dated in the future") as caught:
        refuse_future(config)
    assert caught.value.place == f"{role}.tsv"
    assert f"touch {role}.tsv" in caught.value.remedy


def test_results_of_the_future_are_dated_now_and_others_left(tmp_path):
    old, new = tmp_path / "old.tsv", tmp_path / "cohorts" / "new.tsv"
    new.parent.mkdir()
    before, ahead = time.time() - YEAR, time.time() + YEAR
    for path, when in ((old, before), (new, ahead)):
        path.touch()
        os.utime(path, (when, when))
    assert redate(tmp_path) == 1
    assert old.stat().st_mtime == pytest.approx(before)
    assert new.stat().st_mtime <= time.time()
