"""The commands that the documentation gives for one's own table, as they are printed."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tryptome.paths import resource

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "config/README.md"])
def test_the_three_commands_work_one_after_the_other(page, command, tmp_path):
    shutil.copy(resource("demo/david2014.biom"), tmp_path / "table.biom")
    shutil.copy(resource("demo/david2014.tsv"), tmp_path / "samples.tsv")
    lines = re.findall(r"^tryptome (?:init|check|run) .*$", (ROOT / page).read_text(), re.MULTILINE)
    words = [shlex.split(line)[1:] for line in lines]
    assert [first for first, *_ in words] == ["init", "check", "run"]
    # The jobs themselves are run by other tests.
    words[-1] += ["--", "-n"]
    for one in words:
        done = command(*one, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "results/cohorts/mycohort/report/report.html" in done.stdout
