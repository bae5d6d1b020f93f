"""``tryptome run``: inputs checked first, nothing half-written, interrupted runs go on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tryptome.cli.run import MANY
from tryptome.paths import STAGES, cohort_dir

BAD_INPUT = 2


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def results(folder: Path) -> dict[str, bytes | None]:
    """What a run wrote, but for its provenance and its description, which hold times."""
    found = snapshot(folder / "results")
    apart = ("provenance", "ro-crate-metadata.json")
    return {name: content for name, content in found.items() if not name.startswith(apart)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory, command):
    """Folder of a run of the small cohort from its beginning to its end, and what it said."""
    from conftest import make_cohort

    folder = make_cohort(tmp_path_factory.mktemp("finished"))
    return folder, command("run", "config.yaml", cwd=folder)


def test_a_run_says_where_its_report_is(finished):
    folder, done = finished
    assert done.returncode == 0, done.stderr[-4000:]
    report = folder / cohort_dir("small", "report") / "report.html"
    assert done.stdout.endswith(f"Report: {report.relative_to(folder)}\n")
    assert report.is_file()


def test_where_nobody_looks_on_nothing_is_said_of_single_jobs(finished):
    _, done = finished
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    header, row, *_ = done.stdout.splitlines()
    assert header.split()[:2] == ["cohort", "samples"]
    assert row.split()[0] == "small"


def test_every_sample_reaches_the_end(finished):
    folder, _ = finished
    samples = pd.read_csv(folder / "samples.tsv", sep="\t", dtype=str)["sample"]
    quantities = pd.read_parquet(folder / cohort_dir("small", "estimate") / "quantities.parquet")
    assert set(quantities["sample"]) == set(samples)


def test_the_run_is_recorded_beside_the_results(finished):
    folder, _ = finished
    runs = (folder / "results" / "provenance" / "runs.jsonl").read_text().splitlines()
    assert [json.loads(run)["status"] for run in runs] == [0]


def test_a_second_run_changes_no_result(finished, command):
    folder, _ = finished
    before = results(folder)
    done = command("run", "config.yaml", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stderr
    assert results(folder) == before
    told = json.loads(done.stdout)
    assert (told["status"], told["not_estimable"]) == (0, {})
    cohort = told["cohorts"]["small"]
    assert cohort["samples"] == len(pd.read_csv(folder / "samples.tsv", sep="\t"))
    accounting = pd.read_csv(folder / cohort_dir("small", "estimate") / "accounting.tsv", sep="\t")
    resolved = accounting[["species", "genus", "family"]].sum(axis=1)
    assert cohort["resolved"] == pytest.approx(resolved.median())
    assert (folder / cohort["report"]).is_file()


def test_the_configuration_is_found_from_here_and_its_files_from_the_directory(cohort, command):
    above = cohort.parent
    (above / "mine.yaml").write_text((cohort / "config.yaml").read_text())
    done = command("run", "mine.yaml", "--directory", "cohort", "--", "-n", cwd=above)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "results/cohorts/small/report/report.html" in done.stdout


def test_without_a_configuration_the_demo_is_run_or_the_one_in_the_folder(
    cohort, tmp_path, command, plan_of
):
    (tmp_path / "empty").mkdir()
    done = command("run", "--", "-n", cwd=tmp_path / "empty")
    assert plan_of(done.stdout) == dict.fromkeys([*STAGES, "index", "default"], 1)
    assert "david2014" in done.stdout
    (cohort / "config").mkdir()
    (cohort / "config.yaml").rename(cohort / "config" / "config.yaml")
    done = command("run", "--", "-n", cwd=cohort)
    assert "david2014" not in done.stdout
    assert "results/cohorts/small" in done.stdout


def test_a_dry_run_of_many_cohorts_counts_jobs_and_shows_each_on_request(cohort, command, plan_of):
    names = [f"c{number}" for number in range(MANY + 1)]
    sheet = ["cohort\ttable", *(f"{name}\tsmall.tsv" for name in names)]
    (cohort / "sheet.tsv").write_text("\n".join(sheet) + "\n")
    (cohort / "config.yaml").write_text("sheet: sheet.tsv\n")
    done = command("run", "config.yaml", "--", "-n", cwd=cohort)
    assert done.returncode == 0, done.stderr
    assert plan_of(done.stdout) == dict.fromkeys(STAGES, len(names)) | {"index": 1, "default": 1}
    told = {name: f"{name}: writing the report" for name in names}
    assert not [name for name in names if told[name] in done.stdout]
    done = command("run", "config.yaml", "--verbose", "--", "-n", cwd=cohort)
    assert [name for name in names if told[name] in done.stdout] == names


def spoil(folder: Path, fault: str) -> None:
    """Make an input wrong in one way."""
    table, samples, config = (folder / n for n in ("small.tsv", "samples.tsv", "config.yaml"))
    content = yaml.safe_load(config.read_text())
    cohort = content["cohorts"]["small"]
    if fault == "unknown key":
        cohort["tabel"] = "x"
    elif fault == "missing table":
        table.unlink()
    elif fault == "table is a folder":
        table.unlink()
        table.mkdir()
    elif fault == "negative count":
        text = table.read_text().splitlines()
        text[1] = text[1].rpartition("\t")[0] + "\t-1"
        table.write_text("\n".join(text) + "\n")
    elif fault == "unknown samples":
        samples.write_text(samples.read_text().replace("\n", "\nX-"))
    elif fault == "unknown level":
        cohort["contrasts"]["diet"]["level"] = "dieting"
    config.write_text(yaml.safe_dump(content))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("unknown key", "cohorts.small.tabel"),
        ("missing table", "small.tsv"),
        ("table is a folder", "small.tsv"),
        ("negative count", "small.tsv"),
        ("unknown samples", "samples.tsv"),
        ("unknown level", "dieting"),
    ],
)
def test_bad_input_ends_with_2_and_nothing_written(cohort, command, fault, words):
    spoil(cohort, fault)
    before = snapshot(cohort)
    done = command("run", "config.yaml", cwd=cohort)
    assert done.returncode == BAD_INPUT, done.stdout + done.stderr
    assert words in done.stderr
    assert "To mend it:" in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(cohort) == before


def test_a_directory_that_cannot_be_written_ends_with_2(cohort, command):
    content = yaml.safe_load((cohort / "config.yaml").read_text())
    for key in ("table", "metadata"):
        content["cohorts"]["small"][key] = str(cohort / content["cohorts"]["small"][key])
    (cohort / "config.yaml").write_text(yaml.safe_dump(content))
    (cohort / "file").write_text("no folder")
    done = command("run", "config.yaml", "--directory", "file/run", cwd=cohort)
    assert done.returncode == BAD_INPUT
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_files_that_are_not_in_the_directory_are_said_to_start_from_it(cohort, command):
    done = command("run", "config.yaml", "--directory", "elsewhere", cwd=cohort)
    assert done.returncode == BAD_INPUT
    assert "paths in the configuration start from elsewhere" in done.stderr
    assert not (cohort / "elsewhere").exists()
    done = command("run", "config.yaml", "--directory", "small.tsv", cwd=cohort)
    assert done.returncode == BAD_INPUT
    assert done.stderr.startswith("Error: small.tsv: this is a file, not a folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_directory_without_write_permission_ends_with_2(cohort, command):
    cohort.chmod(0o500)
    done = command("run", "config.yaml", cwd=cohort)
    cohort.chmod(0o700)
    assert done.returncode == BAD_INPUT
    assert "cannot be written" in done.stderr


def started(folder: Path) -> subprocess.Popen[bytes]:
    """A run that has written the first stage and is at work on the next."""
    from conftest import LIBRARY

    process = subprocess.Popen(
        [sys.executable, "-m", "tryptome", "run", "config.yaml", "--cores", "1"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": LIBRARY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # Where the tests run in the background of a script, it would be born deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    for _ in range(600):
        if (folder / cohort_dir("small", "resolve") / "taxa.tsv").exists():
            return process
        assert process.poll() is None, "the run ended too early"
        time.sleep(0.05)
    raise AssertionError("the run wrote nothing in 30 s")


def signal_all(groups: list[int], which: signal.Signals) -> None:
    for group in groups:
        os.killpg(group, which)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(word) for word in path.read_text().split()]


def goes_on(folder: Path, command, finished) -> None:
    """The next run takes up where the last one stopped, and ends with the same bytes."""
    ingested = folder / cohort_dir("small", "ingest") / "table.biom"
    before = ingested.stat().st_mtime_ns
    done = command("run", "config.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr[-4000:]
    assert ingested.stat().st_mtime_ns == before
    assert results(folder) == results(finished[0])


def test_a_run_that_is_interrupted_goes_on_later(cohort, command, finished):
    process = started(cohort)
    engine = children(process)
    # Held, so that it has not ended before the second has started.
    signal_all(engine, signal.SIGSTOP)
    second = command("run", "config.yaml", cwd=cohort)
    signal_all(engine, signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) not in (0, BAD_INPUT)
    assert second.returncode == BAD_INPUT
    assert f"another run is going on in this folder (process {process.pid})" in second.stderr
    goes_on(cohort, command, finished)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc on this system")
def test_a_run_that_is_killed_goes_on_later(cohort, command, finished):
    """Snakemake's own lock stays behind, and does not keep the next run out."""
    process = started(cohort)
    engine = children(process)
    process.kill()
    process.wait()
    signal_all(engine, signal.SIGKILL)
    assert list((cohort / ".snakemake" / "locks").iterdir())
    goes_on(cohort, command, finished)
