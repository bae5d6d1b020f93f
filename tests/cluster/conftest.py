"""A cluster for the tests in this folder, and cohorts to run on it.

They are collected where TRYPTOME_CLUSTER names an environment with the packages of
requirements/cluster.txt, as `make test-cluster` does.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slurm import Slurm, why_not

from chaos.cohorts import make_batch
from chaos.kills import digests, end

ENVIRONMENT = os.environ.get("TRYPTOME_CLUSTER", "")
collect_ignore_glob = [] if ENVIRONMENT else ["test_*.py"]

QUICK = (
    *("--seconds-between-status-checks", "2"),
    *("--latency-wait", "5"),
)
QUICK_SLURM = ("--slurm-init-seconds-before-status-checks", "2")
"""What the tests set otherwise than the profile: how often is asked, how long waited."""

LIMIT = 1500
"""Seconds within which any run ends."""

Run = Callable[..., subprocess.Popen[str]]


def words(*arguments: str, profile: str | None = "slurm") -> list[str]:
    """Command line of a run, on the cluster or (without a profile) here."""
    python = str(Path(ENVIRONMENT) / "bin" / "python")
    run = [python, "-m", "tryptome", "run", "config.yaml"]
    if profile:
        quick = QUICK + (QUICK_SLURM if profile == "slurm" else ())
        run += ["--profile", profile, "--", *quick, *arguments]
    return ["timeout", "--kill-after=20", str(LIMIT), *run]


STARTED: list[subprocess.Popen[str]] = []


def start(folder: Path, *arguments: str, profile: str | None = "slurm") -> subprocess.Popen[str]:
    """Start a run in a folder; what it says goes to a file there."""
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            words(*arguments, profile=profile),
            cwd=folder,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    STARTED.append(process)
    return process


def run(folder: Path, *arguments: str, profile: str | None = "slurm") -> str:
    """Run to the end, which must be a good one; what was said."""
    status = start(folder, *arguments, profile=profile).wait()
    said = (folder / "said.txt").read_text()
    assert status == 0, said[-6000:]
    return said


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """The cluster."""
    reason = why_not()
    assert not reason, f"no Slurm here: {reason}"
    # Below a folder that every user may enter, as the daemons' users must.
    with tempfile.TemporaryDirectory(prefix="tryptome-slurm-", dir="/tmp") as folder:
        cluster = Slurm(Path(folder) / "root")
        try:
            cluster.up()
            yield cluster
        finally:
            for process in STARTED:
                if process.poll() is None:
                    end(process)
            cluster.down()


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of a small cohort's results, made here without a cluster."""
    folder = make_batch(tmp_path_factory.mktemp("here"), 1)
    run(folder, profile=None)
    return digests(folder)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Folder with a small cohort that nothing has run on."""
    return make_batch(tmp_path / "cohort", 1)
