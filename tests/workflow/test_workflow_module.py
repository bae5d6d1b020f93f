"""tryptome as a module of another workflow, the ways that config/README.md describes."""

import shutil
import subprocess

import pytest

from tryptome.paths import STAGES, cohort_dir, share

SNAKEFILE = """\
configfile: "config.yaml"


module tryptome:
    snakefile:
        {source}
{prefix}
    config:
        config["tryptome"]


use rule * from tryptome as tryptome_*


rule table:
    input:
        "small.tsv",
    output:
        "{folder}made/table.tsv",
    shell:
        "cp {{input}} {{output}}"


rule everything:
    default_target: True
    input:
        rules.tryptome_all.input,
"""
CONFIG = "tryptome:\n  cohorts:\n    theirs: {table: made/table.tsv}\n"
OURS = {f"tryptome_{stage}": 1 for stage in (*STAGES, "index")}


def write(folder, source, prefix=""):
    text = SNAKEFILE.format(
        source=source,
        prefix=f'    prefix:\n        "{prefix}"' if prefix else "",
        folder=f"{prefix}/" if prefix else "",
    )
    (folder / "Snakefile").write_text(text)
    (folder / "config.yaml").write_text(CONFIG)


def local():
    return repr(str(share() / "workflow" / "Snakefile"))


def test_another_workflow_feeds_and_runs_it(cohort, snakemake, plan_of):
    write(cohort, local())
    done = snakemake("-n", cwd=cohort)
    assert plan_of(done.stdout) == OURS | {"table": 1, "everything": 1}, done.stdout + done.stderr
    done = snakemake("--cores", "1", str(cohort_dir("theirs", "ingest") / "table.biom"), cwd=cohort)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (cohort / cohort_dir("theirs", "ingest") / "features.tsv").is_file()


def test_a_prefix_goes_before_results_and_inputs(cohort, snakemake, plan_of):
    write(cohort, local(), prefix="gut")
    done = snakemake("-n", cwd=cohort)
    assert plan_of(done.stdout) == OURS | {"table": 1, "everything": 1}, done.stdout + done.stderr
    assert "gut/results/cohorts/theirs/report/report.html" in done.stdout
    target = f"gut/{cohort_dir('theirs', 'ingest').as_posix()}/table.biom"
    done = snakemake("--cores", "1", target, cwd=cohort)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (cohort / target).is_file()
    assert not (cohort / "results").exists()


@pytest.fixture
def hosted(tmp_path):
    """Environment in which git takes a local repository for one at a hosting service."""
    repository = tmp_path / "hosted"
    for part in ("workflow", "scripts", "envs"):
        shutil.copytree(share() / part, repository / part)

    def git(*words):
        who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        command = ["git", "-C", str(repository), *who, *words]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "for a test")
    git("tag", "v0")
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/owner/tryptome",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def test_it_can_come_from_a_hosting_service(cohort, snakemake, plan_of, hosted):
    """As the workflow catalogue deploys it: only the library is installed."""
    write(cohort, 'github("owner/tryptome", path="workflow/Snakefile", tag="v0")')
    done = snakemake("-n", cwd=cohort, **hosted)
    assert plan_of(done.stdout) == OURS | {"table": 1, "everything": 1}, done.stdout + done.stderr
    target = str(cohort_dir("theirs", "ingest") / "table.biom")
    done = snakemake("--cores", "1", target, cwd=cohort, **hosted)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (cohort / target).is_file()
