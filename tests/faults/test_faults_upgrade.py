"""Results that an older version made: they end as the new version's, and no more is made again."""

import shutil
import subprocess
import sys

import pytest

from chaos.kills import digests
from tryptome.paths import share

PARTS = ("config", "envs", "profiles", "resources", "scripts", "src", "workflow")
KEPT = ("ingest", "resolve", "annotate", "estimate", "community")
OLDER = """

_of_today = run


@functools.wraps(_of_today)
def run(*words, **files):
    _of_today(*words, **files)
    path = Path(files["drivers_out"])
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
"""
"""What an older version's stage `compare` did otherwise."""


@pytest.fixture
def older(tmp_path):
    """A checkout of a version whose contrasts are not today's."""
    root = tmp_path / "older"
    for part in PARTS:
        shutil.copytree(share() / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(share() / "Snakefile", root)
    stage = root / "src" / "tryptome" / "compare" / "run.py"
    head = "\nimport functools\nfrom pathlib import Path\n"
    stage.write_text(stage.read_text() + head + OLDER)
    return root


def states(cohort):
    results = cohort / "results" / "cohorts"
    return {
        path.relative_to(results): (path.stat().st_ino, path.read_bytes())
        for path in results.rglob("*")
        if path.is_file()
    }


def test_results_of_an_older_version_end_as_the_new_ones(cohort, run, expected, older):
    done = run(cohort, PYTHONPATH=str(older / "src"))
    assert done.returncode == 0, done.stderr
    assert digests(cohort) != expected
    before = states(cohort)
    done = run(cohort)
    assert done.returncode == 0, done.stderr
    assert digests(cohort) == expected
    after = states(cohort)
    kept = {path for path in before if before[path] == after.get(path)}
    assert {path.parts[1] for path in before.keys() - kept} == {"compare", "sensitivity", "report"}
    assert {path.parts[1] for path in kept} >= set(KEPT)


def test_the_older_version_is_the_one_that_runs(older):
    """Else the test above would compare today's version with itself."""
    words = "import tryptome, tryptome.paths; print(tryptome.__file__, tryptome.paths.share())"
    done = subprocess.run(
        [sys.executable, "-c", words],
        env={"PYTHONPATH": str(older / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(older / "src" / "tryptome" / "__init__.py"), str(older)]
