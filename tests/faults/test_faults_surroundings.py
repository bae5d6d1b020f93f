"""Whatever surrounds a run, its results are the same bytes."""

import os
import random
import subprocess

import pytest

from chaos.cohorts import make_batch
from chaos.kills import digests

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes namespaces and mounts")
NAME = "p01_p02_p03_p04"
DAY = 86_400
SHELL = ("unshare", "--mount", "sh", "-c")
READ_ONLY_HOME = (*SHELL, 'mount -t tmpfs -o ro tmpfs "$HOME" && ! touch "$HOME/a" && exec "$@"')


def same(done, folder, expected):
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert digests(folder) == expected


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ((), {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}),
        ((), {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONHASHSEED": "0"}),
        (("--cores", "1"), {"PYTHONHASHSEED": "4242"}),
        (("--cores", "8"), {"OMP_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "8"}),
    ],
    ids=["place and language", "ASCII", "1 core", "8 cores"],
)
def test_place_language_hash_seed_and_threads(cohort, run, expected, options, environment):
    same(run(cohort, *options, **environment), cohort, expected)


def test_a_path_with_blanks_and_umlauts(tmp_path, run, expected):
    folder = make_batch(tmp_path / "Größe und 'Anführung' von Ärzten", 1)
    same(run(folder), folder, expected)


@ROOT_ONLY
def test_no_network_at_all(cohort, run, expected):
    same(run(cohort, below=("unshare", "--net")), cohort, expected)


@ROOT_ONLY
def test_a_home_that_cannot_be_written(cohort, tmp_path, run, expected):
    home = tmp_path / "home"
    home.mkdir()
    done = run(cohort, below=(*READ_ONLY_HOME, "sh"), HOME=str(home))
    same(done, cohort, expected)


def test_inputs_of_the_future_are_named_and_dated_anew_they_serve(cohort, run, expected):
    """Snakemake would make results that are older than what they are made of."""
    table = cohort / f"{NAME}.tsv"
    os.utime(table, (4e9, 4e9))
    done = run(cohort)
    assert done.returncode != 0
    assert f"{NAME}.tsv: the file is dated in the future" in done.stderr
    assert not digests(cohort)
    table.touch()
    same(run(cohort), cohort, expected)


def test_half_a_run_on_a_clock_that_was_years_ahead(cohort, run, expected):
    assert run(cohort, "--", "--until", "annotate").returncode == 0
    for path in (cohort / "results").rglob("*"):
        os.utime(path, (4e9, 4e9))
    same(run(cohort), cohort, expected)


def test_a_clock_that_jumped_between_the_stages(cohort, run, expected):
    """Whatever the clock said when files were written: they are made again, or kept."""
    same(run(cohort), cohort, expected)
    jumps = random.Random(1)
    files = [path for path in sorted((cohort / "results").rglob("*")) if path.is_file()]
    for path in files:
        then = path.stat().st_mtime + jumps.uniform(-400, 400) * DAY
        os.utime(path, (then, then))
    same(run(cohort), cohort, expected)


@ROOT_ONLY
def test_a_disk_that_is_full(cohort, run, expected):
    results = cohort / "results"
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(results)]
    subprocess.run(mount, check=True)
    try:
        done = run(cohort)
        assert done.returncode != 0
        assert "No space left on device" in done.stderr
        subprocess.run(["mount", "-o", "remount,size=100m", str(results)], check=True)
        same(run(cohort), cohort, expected)
    finally:
        subprocess.run(["umount", "--lazy", str(results)], check=True)


def test_a_table_that_ends_half_way(cohort, run, expected):
    table = cohort / f"{NAME}.tsv"
    whole = table.read_bytes()
    table.write_bytes(whole[: len(whole) // 2])
    done = run(cohort)
    assert done.returncode != 0
    assert f"{NAME}.tsv" in done.stderr
    assert "To mend it:" in done.stderr
    assert not (cohort / "results" / "cohorts").exists()
    table.write_bytes(whole)
    same(run(cohort), cohort, expected)


def test_a_result_that_others_cut_in_half_or_removed(cohort, run, expected):
    """The stage that reads it says which file it is; without it, it is made again."""
    same(run(cohort), cohort, expected)
    result = cohort / "results" / "cohorts" / NAME / "ingest" / "table.biom"
    result.write_bytes(result.read_bytes()[:1000])
    done = run(cohort)
    assert done.returncode != 0
    assert "ingest/table.biom" in done.stderr
    result.unlink()
    same(run(cohort), cohort, expected)
