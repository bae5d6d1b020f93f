"""The profiles that ship: each stage of a cohort is grouped, each command is there."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from tryptome.paths import share

CLUSTERS = ("slurm", "cluster-generic")
STATUS = share() / "profiles" / "cluster-generic" / "status.sh"
ON_REQUEST = {"refit"}
BY_ITSELF = {"estimate_shard"}
"""Many of a cohort, which are not to be one job."""


def profile(name: str) -> dict:
    return yaml.safe_load((share() / "profiles" / name / "config.yaml").read_text())


def rules_of_a_cohort() -> set[str]:
    """Rules with an output below a cohort's folder."""
    found = set()
    for path in (share() / "workflow" / "rules").glob("*.smk"):
        for part in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            output = re.search(r"^    output:\n(.*?)^    \w", part, re.DOTALL | re.MULTILINE)
            if output and "results/cohorts/{cohort}/" in output.group(1):
                found.add(part.partition(":")[0])
    return found - ON_REQUEST


@pytest.mark.parametrize("name", CLUSTERS)
def test_the_stages_of_a_cohort_are_one_job(name):
    groups = dict(entry.split("=") for entry in profile(name)["groups"])
    assert set(groups.values()) == {"cohort"}
    assert rules_of_a_cohort() >= {"ingest", "report"}
    assert rules_of_a_cohort() - BY_ITSELF <= set(groups)
    assert not BY_ITSELF & set(groups)


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_failed_job_is_tried_again_by_snakemake_alone(name):
    content = profile(name)
    assert content["retries"] >= 1
    submit = content.get("cluster-generic-submit-cmd", "")
    assert content.get("slurm-no-requeue") or "--no-requeue" in submit


@pytest.mark.parametrize(
    ("answer", "exit_status", "said"),
    [
        ("COMPLETED", 0, "success"),
        ("RUNNING", 0, "running"),
        ("PENDING", 0, "running"),
        ("COMPLETING", 0, "running"),
        ("CANCELLED", 0, "failed"),
        ("OUT_OF_MEMORY", 0, "failed"),
        ("TIMEOUT", 0, "failed"),
        ("NODE_FAIL", 0, "failed"),
        ("slurm_load_jobs error: Invalid job id specified", 1, "failed"),
        ("slurm_load_jobs error: Unable to contact slurm controller", 1, "running"),
    ],
)
def test_the_status_of_a_job_is_one_of_three_words(tmp_path, answer, exit_status, said):
    squeue = tmp_path / "squeue"
    squeue.write_text(f"#!/bin/sh\necho '{answer}'\nexit {exit_status}\n")
    squeue.chmod(squeue.stat().st_mode | stat.S_IXUSR)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [STATUS, "7"], env={"PATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{said}\n"
    assert Path(STATUS).stat().st_mode & stat.S_IXUSR
