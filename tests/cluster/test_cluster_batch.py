"""The demo, and forty cohorts through a bad night: the bytes of a run without a cluster."""

import os
import shutil
import time
from math import ceil

from conftest import run, start

from chaos.cohorts import make_batch
from chaos.kills import digests, end
from tryptome.paths import share

COHORTS = int(os.environ.get("COHORTS", "40"))
EVERY = int(os.environ.get("EVERY", "1"))
"""Of so many cohorts one is also run without a cluster."""
PATIENCE = 600
AT_ONCE = ("--jobs", "8")
"""Jobs in the queue: those of a killed run go on, and the next run does them too."""


def wait_until(slurm, ready):
    until = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < until, slurm.ask("squeue")
        time.sleep(0.5)


def by_cohort(found):
    """Digests by cohort and file, without the cohort's name in the file's."""
    cohorts = {}
    for path, digest in found.items():
        folder, _, file = path.removeprefix("cohorts/").partition("/")
        if path.startswith("cohorts/"):
            cohorts.setdefault(folder, {})[file.replace(folder, "NAME")] = digest
    return cohorts


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
    """A job is cancelled, a node goes and comes back, the run itself is killed and repeated.

    All are also run without a cluster (in CI some), and their bytes compared. They go
    through the profile that starts Snakemake once a job: that halves the time.
    """
    folder = make_batch(tmp_path / "there", COHORTS)
    first = start(folder, *AT_ONCE, profile="cluster-generic")
    wait_until(slurm, lambda: len(slurm.running()) > 1)
    assert slurm.ok("scancel", slurm.running()[0])
    wait_until(slurm, lambda: slurm.running("n2"))
    slurm.kill("n2")
    wait_until(slurm, lambda: finished(folder) >= COHORTS / 10)
    slurm.revive("n2")
    wait_until(slurm, lambda: finished(folder) >= COHORTS / 4)
    end(first)
    assert finished(folder) < COHORTS
    run(folder, *AT_ONCE, profile="cluster-generic")
    states = " ".join(slurm.states())
    assert "CANCELLED" in states
    assert "NODE_FAIL" in states

    here = make_batch(tmp_path / "here", COHORTS, every=EVERY)
    run(here, profile=None)
    there, compared = by_cohort(digests(folder)), by_cohort(digests(here))
    assert len(there) == COHORTS
    assert len(compared) == ceil(COHORTS / EVERY)
    assert {name: there[name] for name in compared} == compared
    assert len({frozenset(files) for files in there.values()}) == 1, "a file is missing"
