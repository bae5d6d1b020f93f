"""A disk that fails while an input is read."""

import shutil
import subprocess
from pathlib import Path

import pytest

from chaos.kills import digests

SOURCE = Path(__file__).with_name("failing_disk.c")
NAME = "p01_p02_p03_p04"


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """A library that lets reads of one file fail, put before the system's own."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("library") / "failing_disk.so"
    subprocess.run(["cc", "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-ldl"], check=True)
    return str(library)


@pytest.mark.parametrize("name", [f"{NAME}.tsv", f"{NAME}.samples.tsv"])
def test_an_input_that_cannot_be_read_half_way_is_named(cohort, run, failing, name):
    half = (cohort / name).stat().st_size // 2
    done = run(cohort, LD_PRELOAD=failing, FAILS_NAME=name, FAILS_FROM=str(half))
    assert done.returncode != 0
    assert f"{name}: the file cannot be read to its end (input/output error)" in done.stderr
    assert "To mend it:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not digests(cohort)


def test_on_a_disk_that_is_sound_again_the_results_are_the_same(cohort, run, expected, failing):
    name = f"{NAME}.tsv"
    run(cohort, LD_PRELOAD=failing, FAILS_NAME=name, FAILS_FROM="100")
    done = run(cohort)
    assert done.returncode == 0, done.stderr
    assert digests(cohort) == expected
