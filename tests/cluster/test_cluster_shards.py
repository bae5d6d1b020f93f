"""A cohort whose estimates are divided among jobs: the bytes of a run without a cluster."""

from conftest import run

from chaos.cohorts import make_batch
from chaos.kills import digests


def test_shards_are_jobs_between_two_of_the_cohort(slurm, tmp_path):
    before = len(slurm.states())
    for place, profile in (("here", None), ("there", "slurm")):
        folder = make_batch(tmp_path / place, 1)
        if profile:
            with (folder / "config.yaml").open("a") as config:
                config.write("estimate: {shards: 2}\n")
        run(folder, profile=profile)
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
    # To the survey, two shards, and from the joining on; the index is made here.
    assert len(slurm.states()) - before == 4
