"""The real workflow on a small real cohort: a part of the demo."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import biom
import pandas as pd
import pytest

import tryptome
from tryptome.paths import resource, share

PERSONS = ("P02", "P08", "P09", "P11")
CONFIG = """\
cohorts:
  small:
    table: small.tsv
    metadata: samples.tsv
    subject_column: person
    contrasts:
      diet: {column: phase, reference: baseline, level: diet}
"""
LIBRARY = str(Path(tryptome.__file__).parent.parent)
PARTS = ("Snakefile", "config", "envs", "profiles", "resources", "scripts", "src", "workflow")

Run = Callable[..., subprocess.CompletedProcess[str]]


def python(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in a process of its own, with the library that is tested."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": LIBRARY} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def snakemake() -> Run:
    """Run Snakemake in a folder."""
    return lambda *words, cwd, **environment: python("snakemake", *words, cwd=cwd, **environment)


@pytest.fixture(scope="session")
def command() -> Run:
    """Run tryptome's command line in a folder."""
    return lambda *words, cwd, **environment: python("tryptome", *words, cwd=cwd, **environment)


def planned(output: str) -> dict[str, int]:
    """Rules, and how often each runs, in what Snakemake says of its plan."""
    table = re.search(r"^Job stats:\njob .*\n[- ]+\n((?:.+\n)+?)total ", output, re.MULTILINE)
    rows = table.group(1).splitlines() if table else []
    return {name: int(count) for name, count in (row.split() for row in rows)}


@pytest.fixture(scope="session")
def plan_of() -> Callable[[str], dict[str, int]]:
    """Read Snakemake's plan."""
    return planned


def make_cohort(folder: Path) -> Path:
    """Write a part of the demo as TSV, with its configuration, into a folder."""
    metadata = pd.read_csv(resource("demo", "david2014.tsv"), sep="\t", dtype=str)
    metadata = metadata[metadata["person"].isin(PERSONS)]
    table = biom.load_table(str(resource("demo", "david2014.biom"))).filter(
        set(metadata["sample"]), inplace=False
    )
    folder.mkdir(parents=True, exist_ok=True)
    counts = table.to_dataframe(dense=True).astype(int)
    counts.to_csv(folder / "small.tsv", sep="\t", index_label="lineage")
    metadata.to_csv(folder / "samples.tsv", sep="\t", index=False)
    (folder / "config.yaml").write_text(CONFIG)
    return folder


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Folder with a small real cohort that nothing has run on."""
    return make_cohort(tmp_path / "cohort")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory, snakemake: Run) -> Path:
    """Copy of the checkout in which the small cohort has been run to its end."""
    root = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        source = share() / part
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, root / part, ignore=ignore)
        else:
            shutil.copy2(source, root / part)
    make_cohort(root)
    shutil.copy2(root / "config.yaml", root / "config" / "config.yaml")
    done = snakemake("--cores", "2", cwd=root)
    assert done.returncode == 0, done.stderr[-4000:]
    return root
