"""Faults, one at a time: the right result after a retry or restart, or what to do."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import run, start
from slurm import wait_for

from chaos.kills import digests, end
from tryptome.paths import STAGES

BAD_INPUT = 2


def running(slurm, number=1):
    """Wait for jobs that run and have begun to work."""
    wait_for("a job", 120, lambda: len(slurm.running()) >= number)
    time.sleep(4)
    return slurm.running()


def concludes(process, folder, expected):
    status = process.wait()
    said = (folder / "said.txt").read_text()
    assert status == 0, said[-6000:]
    assert digests(folder) == expected
    return said


def test_nothing_goes_wrong(slurm, cohort, expected):
    """What the other tests compare with is not empty, and is what a cluster gives."""
    run(cohort)
    assert len(expected) > len(STAGES)
    assert digests(cohort) == expected


def test_another_batch_system(slurm, cohort, expected):
    run(cohort, profile="cluster-generic")
    assert digests(cohort) == expected


def test_another_batch_system_and_a_cancelled_job(slurm, cohort, expected):
    process = start(cohort, profile="cluster-generic")
    assert slurm.ok("scancel", running(slurm)[0])
    concludes(process, cohort, expected)


def test_a_job_is_cancelled(slurm, cohort, expected):
    process = start(cohort)
    assert slurm.ok("scancel", running(slurm)[0])
    said = concludes(process, cohort, expected)
    assert "Trying to restart" in said


def test_a_job_needs_more_memory_than_it_asked_for(slurm, cohort, expected):
    before = len(slurm.states())
    scarce = [f"{stage}:mem_mb=150*attempt**4" for stage in STAGES]
    process = start(cohort, "--set-resources", *scarce)
    concludes(process, cohort, expected)
    assert any(
        state in ("OUT_OF_MEMORY", "FAILED", "CANCELLED") for state in slurm.states()[before - 1 :]
    )


def test_a_job_needs_more_time_than_it_asked_for(slurm, cohort, expected):
    process = start(cohort)
    job = running(slurm)[0]
    assert slurm.ok("scontrol", "update", f"jobid={job}", "timelimit=1")
    # The job is stopped where it is, so that its minute runs out.
    for pid in slurm.processes(job):
        os.kill(pid, signal.SIGSTOP)
    wait_for("the end of its time", 180, lambda: job not in slurm.running())
    concludes(process, cohort, expected)
    assert "TIMEOUT" in slurm.states()


def test_a_node_goes_away_and_comes_back(slurm, cohort, expected):
    process = start(cohort)
    job = running(slurm)[0]
    node = slurm.ask("squeue", "-h", "-j", job, "-o", "%N").strip()
    slurm.kill(node)
    wait_for("its failure", 120, lambda: job not in slurm.running())
    slurm.revive(node)
    concludes(process, cohort, expected)
    assert "NODE_FAIL" in slurm.states()


def test_the_run_is_killed_and_started_again_while_its_jobs_go_on(slurm, cohort, expected):
    process = start(cohort)
    running(slurm)
    end(process)
    assert slurm.running(), "no job was left"
    assert list((cohort / ".snakemake" / "locks").iterdir()), "no lock was left"
    run(cohort)
    wait_for("the jobs that were left", 120, lambda: not slurm.queued())
    assert digests(cohort) == expected


def test_a_second_run_in_the_same_folder_is_refused(slurm, cohort, expected):
    process = start(cohort)
    running(slurm)
    (cohort / "said.txt").rename(cohort / "first.txt")
    second = start(cohort)
    assert second.wait() == BAD_INPUT
    assert "another run is going on in this folder" in (cohort / "said.txt").read_text()
    (cohort / "first.txt").rename(cohort / "said.txt")
    concludes(process, cohort, expected)


@pytest.fixture
def small_disk(cohort):
    """The results folder on a disk of its own, too small."""
    results = cohort / "results"
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(results)]
    subprocess.run(mount, check=True)
    yield results
    subprocess.run(["umount", "--lazy", str(results)], check=True)


def test_the_disk_is_full(slurm, cohort, expected, small_disk):
    process = start(cohort, "--retries", "0")
    assert process.wait() not in (0, BAD_INPUT)
    told = (cohort / "said.txt").read_text() + "".join(
        path.read_text() for path in Path(cohort, ".snakemake", "slurm_logs").rglob("*.log")
    )
    assert "No space left on device" in told
    assert "Traceback" not in (cohort / "said.txt").read_text()
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    run(cohort)
    assert digests(cohort) == expected
