"""A change reruns what depends on it, and nothing else."""

import re
import shutil
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tryptome.paths import STAGES, share

DOWN_FROM = {
    stage: {*STAGES[STAGES.index(stage) :], "index"}
    for stage in ("ingest", "resolve", "annotate", "estimate", "report")
}
DOWN_FROM["compare"] = {"compare", "sensitivity", "report", "index"}


@contextmanager
def appended(path, text):
    """Change a file for a while."""
    kept = path.with_name(f".{path.name}.kept")
    shutil.copy2(path, kept)
    with path.open("ab") as handle:
        handle.write(text)
    try:
        yield
    finally:
        shutil.move(kept, path)


@pytest.fixture
def planned(checkout, snakemake, plan_of):
    """Rules that Snakemake would run now in the checkout."""

    def ask():
        done = snakemake("-n", cwd=checkout)
        assert done.returncode == 0, done.stdout + done.stderr
        return set(plan_of(done.stdout)) - {"default"}

    return ask


def test_a_second_run_has_nothing_to_do(checkout, snakemake):
    done = snakemake("--cores", "1", cwd=checkout)
    assert "Nothing to be done" in done.stdout + done.stderr


@pytest.mark.parametrize("stage", ["annotate", "report"])
def test_a_change_of_a_stage_reruns_it_and_what_follows(checkout, planned, stage):
    with appended(checkout / "src" / "tryptome" / stage / "run.py", b"\n# changed\n"):
        assert planned() == DOWN_FROM[stage]


def test_a_change_of_the_knowledge_reruns_all_that_use_it(checkout, planned):
    with appended(checkout / "resources" / "knowledge" / "capabilities.yaml", b"# changed\n"):
        assert planned() == DOWN_FROM["resolve"]


@pytest.mark.parametrize(
    ("lost", "stages"),
    [
        ("export/phyloseq/tax.csv", {"export"}),
        ("community/alpha.tsv", {"community", "report", "index"}),
        ("report/manifest.tsv", {"report", "index"}),
        ("sensitivity", {"sensitivity", "report", "index"}),
    ],
)
def test_what_was_removed_is_made_again_although_no_later_stage_misses_it(
    checkout, planned, lost, stages
):
    """With what depends on it, since Snakemake cannot know that it will be the same."""
    path = checkout / "results" / "cohorts" / "small" / lost
    kept = path.with_name(f".{path.name}.kept")
    path.rename(kept)
    try:
        assert planned() == stages
    finally:
        kept.rename(path)


def test_what_was_measured_is_held_against_the_estimates_again_where_that_was_removed(
    checkout, snakemake, plan_of, tmp_path
):
    """The rule has one result, so that nothing else of it is left to tell by."""
    here = shutil.copytree(checkout, tmp_path / "here")
    samples = [line.split("\t")[0] for line in (here / "samples.tsv").read_text().splitlines()]
    rows = ["sample\tindole", *(f"{name}\t{place}" for place, name in enumerate(samples[1:]))]
    (here / "measured.tsv").write_text("\n".join(rows) + "\n")
    config = here / "config" / "config.yaml"
    config.write_text(
        config.read_text().replace("    table:", "    measured: measured.tsv\n    table:")
    )
    done = snakemake("--cores", "2", cwd=here)
    assert done.returncode == 0, done.stderr[-4000:]
    (here / "results" / "cohorts" / "small" / "measured" / "measured.tsv").unlink()
    planned = plan_of(snakemake("-n", cwd=here).stdout)
    assert set(planned) - {"default"} == {"measured", "report", "index"}


def test_a_change_of_the_command_line_reruns_nothing(checkout, planned):
    with appended(checkout / "src" / "tryptome" / "cli" / "run.py", b"\n# changed\n"):
        assert planned() == set()


def test_a_change_of_a_setting_reruns_the_stages_that_use_it(checkout, planned):
    with appended(checkout / "config" / "config.yaml", b"compare: {drivers: 3}\n"):
        assert planned() == DOWN_FROM["compare"]


def test_a_change_of_the_table_reruns_everything(checkout, planned):
    table = checkout / "small.tsv"
    samples = table.read_text().splitlines()[0].count("\t")
    with appended(table, b"Bacteria;Firmicutes" + b"\t0" * samples + b"\n"):
        assert planned() == DOWN_FROM["ingest"]


def test_an_upgrade_reruns_what_changed_and_what_names_the_version(checkout, planned):
    """Results of an older version are kept where the new one would write the same bytes."""
    package = checkout / "src" / "tryptome"
    with appended(package / "__init__.py", b'\n__version__ = "99.0.0"\n'):
        assert planned() == {"export", "report", "index"}
        with appended(package / "compare" / "run.py", b"\n# changed\n"):
            assert planned() == DOWN_FROM["compare"] | {"export"}


def test_snakemakes_own_report_shows_every_report_figure_and_table(checkout, snakemake):
    done = snakemake("--report", "report.zip", cwd=checkout)
    assert done.returncode == 0, done.stderr[-2000:]
    with zipfile.ZipFile(checkout / "report.zip") as opened:
        held = {Path(name).name for name in opened.namelist()}
        page = opened.read("report/report.html").decode()
    cohort = checkout / "results" / "cohorts" / "small"
    figures = sorted((cohort / "report" / "figures").rglob("*.svg"))
    assert any(path.parent.name == "single" for path in figures)
    for path in figures:
        # Its label, and a caption of its own, which an unknown name would leave empty.
        suffix = ", one column" if path.parent.name == "single" else ""
        assert f'"figure": "{path.stem}{suffix}"' in page, path
    assert "small: the precursor balance of every sample" in page
    assert not re.search(r"small:\s*<", page)
    tables = {"contrasts.tsv", "drivers.tsv", "accounting.tsv", "budget.tsv", "summary.tsv"}
    names = {path.name for path in figures}
    assert names | tables | {"report.html", "left_out.tsv"} <= held
    for said in ("Reports", "Figures", "Comparisons", "Estimates", "where the reads end"):
        assert f'"{said}"' in page, said
    # A caption, with the name of the cohort filled in.
    assert "small: in which tier the reads of each sample end" in page


def test_every_caption_exists_and_is_used():
    folder = share() / "workflow"
    rules = "".join(path.read_text() for path in (folder / "rules").glob("*.smk"))
    used = re.findall(r'caption="\.\./report/(\w+\.rst)"', rules)
    front = re.findall(r'^report: "report/(\w+\.rst)"', (folder / "Snakefile").read_text(), re.M)
    assert len(front) == 1
    assert {*used, *front} == {path.name for path in (folder / "report").glob("*.rst")}
    for key in (r"\bcaption=", r"\bcategory=", r"\blabels="):
        assert len(re.findall(key, rules)) == len(used)
