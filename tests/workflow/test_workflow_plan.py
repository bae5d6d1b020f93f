"""What plain Snakemake plans in a checkout."""

import yaml

from tryptome.paths import STAGES, share

ONCE = dict.fromkeys([*STAGES, "index", "default"], 1)


def test_plain_snakemake_plans_the_jobs_of_the_demo(tmp_path, snakemake, plan_of):
    """Nothing is named: the default profile names the configuration."""
    (tmp_path / "config").symlink_to(share() / "config")
    for part in ("Snakefile", "profiles", "workflow", "scripts", "resources", "envs", "src"):
        (tmp_path / part).symlink_to(share() / part)
    done = snakemake("-n", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert plan_of(done.stdout) == ONCE
    assert "results/cohorts/david2014/report/report.html" in done.stdout


def test_a_users_configuration_replaces_the_demo(cohort, snakemake, plan_of):
    content = yaml.safe_load((cohort / "config.yaml").read_text())
    content["cohorts"]["again"] = content["cohorts"]["small"]
    (cohort / "config.yaml").write_text(yaml.safe_dump(content))
    words = ("-n", "--snakefile", str(share() / "Snakefile"), "--configfile", "config.yaml")
    done = snakemake(*words, cwd=cohort)
    assert done.returncode == 0, done.stderr
    # Both have the same contrast, so they are pooled too.
    assert plan_of(done.stdout) == dict.fromkeys(STAGES, 2) | {"default": 1, "index": 1, "pool": 1}
    assert "david2014" not in done.stdout


def test_cohorts_may_be_a_sheet(cohort, snakemake, plan_of):
    (cohort / "cohorts.tsv").write_text(
        "cohort\ttable\tmetadata\nfirst\tsmall.tsv\tsamples.tsv\nsecond\tsmall.tsv\t\n"
    )
    (cohort / "config.yaml").write_text("sheet: cohorts.tsv\n")
    words = ("-n", "--snakefile", str(share() / "Snakefile"), "--configfile", "config.yaml")
    done = snakemake(*words, cwd=cohort)
    assert done.returncode == 0, done.stderr
    assert plan_of(done.stdout) == dict.fromkeys(STAGES, 2) | {"default": 1, "index": 1}


def test_a_wrong_configuration_is_the_first_thing_said(cohort, snakemake):
    (cohort / "config.yaml").write_text("cohorts: {small: {tabel: small.tsv}}\n")
    words = ("-n", "--snakefile", str(share() / "Snakefile"), "--configfile", "config.yaml")
    done = snakemake(*words, cwd=cohort)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "cohorts.small.tabel: unknown key" in said
    assert "did you mean `table`?" in said
    assert "Traceback" not in said


def test_own_coefficients_are_inputs_so_that_a_change_of_them_is_seen(cohort, snakemake):
    with (cohort / "config.yaml").open("a") as handle:
        handle.write("estimate: {prediction: nowhere}\n")
    words = ("-n", "--snakefile", str(share() / "Snakefile"), "--configfile", "config.yaml")
    done = snakemake(*words, cwd=cohort)
    assert "Missing input files for rule estimate" in done.stdout + done.stderr
    assert "nowhere/coefficients.tsv" in done.stdout + done.stderr


def test_snakemake_finds_nothing_to_lint(tmp_path, snakemake):
    words = ("--lint", "--snakefile", str(share() / "Snakefile"))
    done = snakemake(*words, "--configfile", str(share() / "config/config.yaml"), cwd=tmp_path)
    assert "good condition" in done.stdout + done.stderr
