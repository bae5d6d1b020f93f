"""A user's evidence in a run: what it reruns, and that it arrives in the results."""

import shutil

import pandas as pd
import pytest

from tryptome.paths import STAGES

HEADER = "species\tlineage\tcapability\tsource\tgenomes\tpositives\tcitation\n"
ROW = "Bacteroides fragilis\t\tindole\tmylab\t4\t{positives}\tA thesis\n"
NOVA = (
    "\td__Bacteria;p__Bacteroidota;c__Bacteroidia;o__Bacteroidales;f__Bacteroidaceae;"
    "g__Bacteroides;s__Bacteroides novus\tindole\tmylab\t2\t2\tA thesis\n"
)
FROM_ANNOTATE = {*STAGES[STAGES.index("annotate") :], "index"}


@pytest.fixture
def own(checkout, tmp_path):
    """Copy of the finished run, whose evidence can be changed."""
    return shutil.copytree(checkout, tmp_path / "own", symlinks=True)


@pytest.fixture
def rules(snakemake, plan_of):
    """Rules that Snakemake would run with the user's evidence."""

    def ask(folder, text):
        (folder / "own.tsv").write_text(HEADER + text)
        done = snakemake("-n", "--config", "evidence=own.tsv", cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return set(plan_of(done.stdout)) - {"default"}

    return ask


def test_evidence_reruns_what_depends_on_it_and_arrives(own, snakemake, rules):
    assert rules(own, ROW.format(positives=4)) == {"extend", *FROM_ANNOTATE}
    assert rules(own, ROW.format(positives=4) + NOVA) == {
        *("extend", "extend_species", "resolve"),
        *FROM_ANNOTATE,
    }
    until = ("--until", "annotate", "--config", "evidence=own.tsv")
    (own / "own.tsv").write_text(HEADER + ROW.format(positives=4))
    done = snakemake("--cores", "2", *until, cwd=own)
    assert done.returncode == 0, done.stderr[-3000:]
    told = pd.read_parquet(own / "results/cohorts/small/annotate/capabilities.parquet")
    assert told.loc[told["capability"] == "indole", "source"].str.contains("mylab").any()
    assert rules(own, ROW.format(positives=4)) == FROM_ANNOTATE - {"annotate"}
    assert rules(own, ROW.format(positives=3)) == {"extend", *FROM_ANNOTATE}


def test_wrong_evidence_is_told_before_any_job(cohort, command):
    (cohort / "own.tsv").write_text(HEADER + ROW.format(positives=5))
    with (cohort / "config.yaml").open("a") as handle:
        handle.write("evidence: own.tsv\n")
    for verb in ("check", "run"):
        done = command(verb, "config.yaml", cwd=cohort)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "own.tsv, line 2" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (cohort / "results").exists()
