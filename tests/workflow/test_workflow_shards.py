"""A cohort whose samples are divided among jobs."""

import re
import shutil

import h5py
import numpy as np

from tryptome.paths import STAGES, cohort_dir, share

SNAKEFILE = ("--snakefile", str(share() / "Snakefile"), "--configfile", "config.yaml")
GROUPED = ("ingest", "resolve", "annotate", "estimate_survey", "estimate", *STAGES[4:])


def test_shards_are_jobs_between_two_groups_of_a_profile(tmp_path, snakemake, plan_of):
    with h5py.File(tmp_path / "large.biom", "w") as table:  # all that is read before any job
        table.attrs["shape"] = (7, 60_000)
        table["of the size of a large one"] = np.zeros(300_000)
    (tmp_path / "config.yaml").write_text("cohorts: {large: {table: large.biom}}\n")
    groups = [f"{rule}=cohort" for rule in GROUPED]
    done = snakemake("-n", *SNAKEFILE, "--groups", *groups, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    counts = dict.fromkeys([*STAGES, "estimate_survey", "index", "default"], 1)
    assert plan_of(done.stdout) == counts | {"estimate_shard": 2}
    # Jobs of a group are indented below its name.
    found = re.findall(
        r"Group job (\w+)|^(?:    )Job \d+: (.*)$|^Job \d+: (.*)$", done.stdout, re.M
    )
    place, jobs = "alone", {}
    for group, inside, alone in found:
        place = group or place
        if inside or alone:
            jobs.setdefault(place if inside else "alone", set()).add(inside or alone)
    assert {name: len(told) for name, told in jobs.items()} == {
        "cohort": 4,
        "cohort_after_shards": len(STAGES) - 3,
        "alone": 3,
    }
    assert {name for name in jobs["alone"] if "shard" in name} == {
        f"large: what the communities of shard {number} do" for number in range(2)
    }


def test_shards_leave_the_same_bytes_and_nothing_else(cohort, checkout, snakemake, plan_of):
    folder = cohort_dir("small", "estimate")
    expected = {path.name: path.read_bytes() for path in (checkout / folder).iterdir()}
    for stage in STAGES[:3]:  # later than their inputs
        made = cohort_dir("small", stage)
        shutil.copytree(checkout / made, cohort / made, copy_function=shutil.copyfile)
    words = (str(folder / "quantities.parquet"), "--cores", "1", *SNAKEFILE)
    with (cohort / "config.yaml").open("a") as handle:
        handle.write("estimate: {shards: 2}\n")
    done = snakemake(*words, cwd=cohort)
    assert done.returncode == 0, done.stderr[-4000:]
    assert plan_of(done.stderr) == {"estimate_survey": 1, "estimate_shard": 2, "estimate": 1}
    found = {path.name: path for path in (cohort / folder).iterdir() if path.is_file()}
    assert {name: path.read_bytes() for name, path in found.items()} == expected
    assert not [path for path in (cohort / folder).rglob("*") if path.is_file()][len(expected) :]
