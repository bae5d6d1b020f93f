"""Small real cohorts to break things on: cuts of the demo, four persons each."""

from __future__ import annotations

from itertools import combinations, islice
from pathlib import Path

import biom
import pandas as pd
import yaml

from tryptome.paths import resource

CONTRAST = {"diet": {"column": "phase", "reference": "baseline", "level": "diet"}}
PERSONS = 4
SAMPLES = 2
"""Of each person in each phase."""


def make_batch(folder: Path, number: int, every: int = 1) -> Path:
    """Write tables, metadata and the configuration of a batch into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it does not exist.
    number : int
        How many cohorts the batch has.
    every : int
        Write the first of so many cohorts, for example every fourth one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    metadata = pd.read_csv(resource("demo", "david2014.tsv"), sep="\t", dtype=str)
    table = biom.load_table(str(resource("demo", "david2014.biom")))
    cohorts = {}
    groups = combinations(sorted(metadata["person"].unique()), PERSONS)
    for group in islice(groups, 0, number, every):
        name = "_".join(group).lower()
        cut = metadata[metadata["person"].isin(group)].groupby(["person", "phase"]).head(SAMPLES)
        _write(folder / name, table.filter(set(cut["sample"]), inplace=False), cut)
        cohorts[name] = {
            "table": f"{name}.tsv",
            "metadata": f"{name}.samples.tsv",
            "subject_column": "person",
            "contrasts": CONTRAST,
        }
    (folder / "config.yaml").write_text(yaml.safe_dump({"cohorts": cohorts}))
    return folder


def _write(base: Path, table: biom.Table, metadata: pd.DataFrame) -> None:
    counts = table.remove_empty(axis="observation", inplace=False).to_dataframe(dense=True)
    counts.astype(int).to_csv(f"{base}.tsv", sep="\t", index_label="lineage")
    metadata.to_csv(f"{base}.samples.tsv", sep="\t", index=False)
