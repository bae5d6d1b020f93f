"""A small real cohort, run undisturbed and then under faults.

Collected where TRYPTOME_FAULTS is set, as `make test-faults` does.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tryptome
from chaos.cohorts import make_batch
from chaos.kills import digests

collect_ignore_glob = [] if os.environ.get("TRYPTOME_FAULTS") else ["test_*.py"]
LIBRARY = str(Path(tryptome.__file__).parent.parent)
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": LIBRARY}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run in a folder, below another program where words for one are given."""

    def call(
        folder: Path, *options: str, below: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        words = [*below, sys.executable, "-m", "tryptome", "run", "config.yaml", *options]
        return subprocess.run(
            words,
            cwd=folder,
            env=os.environ | QUIET | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory, run: Run) -> dict[str, str]:
    """Digests of the results of an undisturbed run."""
    folder = make_batch(tmp_path_factory.mktemp("undisturbed"), 1)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    found = digests(folder)
    assert found
    return found


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Folder with the cohort, on which nothing has run."""
    return make_batch(tmp_path / "cohort", 1)
