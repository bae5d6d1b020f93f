"""The demo, and forty cohorts through a bad night: the bytes of a run without a cluster."""

import shutil
import time

from conftest import run, start

from chaos.cohorts import make_batch
from chaos.kills import digests, end
from tryptome.paths import share

COHORTS = 40
PATIENCE = 300


def wait_until(slurm, ready):
    until = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < until, slurm.ask("squeue")
        time.sleep(0.5)


def finished(folder):
    return len(list(folder.glob("results/cohorts/*/report/report.html")))


def test_the_demo_gives_the_bytes_of_a_run_without_a_cluster(slurm, tmp_path):
    for place, profile in (("here", None), ("there", "slurm")):
        (tmp_path / place).mkdir()
        shutil.copy2(share() / "config" / "config.yaml", tmp_path / place)
        run(tmp_path / place, profile=profile)
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
    assert digests(tmp_path / "here")


def test_forty_cohorts_through_a_bad_night(slurm, tmp_path):
    """A job is cancelled, a node goes and comes back, the run itself is killed and repeated."""
    folder, here = (make_batch(tmp_path / name, COHORTS) for name in ("there", "here"))
    first = start(folder)
    wait_until(slurm, lambda: len(slurm.running()) > 1)
    assert slurm.ok("scancel", slurm.running()[0])
    wait_until(slurm, lambda: slurm.running("n2"))
    slurm.kill("n2")
    wait_until(slurm, lambda: finished(folder) > 3)
    slurm.revive("n2")
    wait_until(slurm, lambda: finished(folder) > 10)
    end(first)
    assert 0 < finished(folder) < COHORTS
    run(folder)
    run(here, profile=None)
    assert finished(folder) == COHORTS
    assert digests(folder) == digests(here)
    states = " ".join(slurm.states())
    assert "CANCELLED" in states
    assert "NODE_FAIL" in states
