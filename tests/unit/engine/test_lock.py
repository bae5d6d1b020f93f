"""One run at a time in one folder; what a dead one left is cleared, what is alive is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tryptome.errors import OutputError
from tryptome.workflow.lock import LOCK, SNAKEMAKE_LOCKS, sole_run

HOLD = """
import sys
from pathlib import Path
from tryptome.workflow.lock import SNAKEMAKE_LOCKS, sole_run
directory = Path(sys.argv[1])
with sole_run(directory):
    (directory / SNAKEMAKE_LOCKS).mkdir(parents=True, exist_ok=True)
    (directory / SNAKEMAKE_LOCKS / "0.output.lock").write_text("results/a")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that is in the middle of a run."""
    path = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def snakemake_lock(directory: Path) -> Path:
    path = directory / SNAKEMAKE_LOCKS / "0.output.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("results/a")
    return path


def test_a_second_run_is_refused_and_told_who_holds_the_folder(tmp_path, holder):
    with pytest.raises(OutputError, match=f"process {holder.pid}"), sole_run(tmp_path):
        pytest.fail("two runs in one folder")
    assert list((tmp_path / SNAKEMAKE_LOCKS).iterdir())


def test_what_a_killed_run_left_is_cleared(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert list((tmp_path / SNAKEMAKE_LOCKS).iterdir())
    with sole_run(tmp_path):
        assert not list((tmp_path / SNAKEMAKE_LOCKS).iterdir())


def test_a_lock_of_plain_snakemake_is_left_alone(tmp_path):
    with sole_run(tmp_path):
        pass
    left = snakemake_lock(tmp_path)
    with pytest.raises(OutputError, match="not started by"), sole_run(tmp_path):
        pytest.fail("a run of plain Snakemake may be alive")
    assert left.exists()


def test_what_a_killed_snakemake_left_is_cleared_by_the_next_run(tmp_path):
    with sole_run(tmp_path):
        left = snakemake_lock(tmp_path)
    assert left.exists()
    with sole_run(tmp_path):
        assert not left.exists()


def test_runs_after_one_another_are_fine_whatever_ended_them(tmp_path):
    with pytest.raises(ZeroDivisionError), sole_run(tmp_path):
        raise ZeroDivisionError
    with sole_run(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
    assert (tmp_path / LOCK).read_text() == ""


def test_a_process_that_inherits_the_lock_keeps_it(tmp_path):
    with sole_run(tmp_path) as descriptor:
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            pass_fds=[descriptor],
        )
    with pytest.raises(OutputError, match="another run"), sole_run(tmp_path):
        pytest.fail("the child is still at work")
    child.communicate()
    with sole_run(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError) as caught, sole_run(tmp_path / "file"):
        pytest.fail("a file is no folder")
    assert str(tmp_path / "file") in caught.value.place
    assert "--directory" in caught.value.remedy


def test_a_new_folder_is_made(tmp_path):
    with sole_run(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("inside", ["results", "results/cohorts", "results/cohorts/mine"])
def test_a_folder_of_results_that_cannot_be_written_is_named(tmp_path, monkeypatch, inside):
    shut = tmp_path / inside
    (tmp_path / "results" / "cohorts" / "mine").mkdir(parents=True)
    # Permissions do not bind root, who may run the tests.
    monkeypatch.setattr("os.access", lambda path, mode: path != shut)
    with pytest.raises(OutputError, match="Permission denied") as caught, sole_run(tmp_path):
        pytest.fail("no job can write there")
    assert caught.value.place == str(shut)
