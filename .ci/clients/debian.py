"""QIIME 2 2022.11 and phyloseq, as Debian packages them, open the exports.

Usage: debian.py RESULTS SCRATCH. The packages are installed where they are missing
and this runs as root; elsewhere nothing is checked, and that is said.
"""

import json
import sys
import tempfile
from pathlib import Path

import biom
import numpy as np
import pandas as pd
from system import install, run

PACKAGES = ("qiime", "q2cli", "q2-types", "q2-feature-table", "r-bioc-phyloseq")
HERE = Path(__file__).resolve().parent
LOOK = """
import json, sys
import biom, pandas, qiime2
folder = sys.argv[1]
table = qiime2.Artifact.load(f"{folder}/capabilities.qza")
numbers = qiime2.Artifact.load(f"{folder}/quantities.qza")
counted, metadata = table.view(biom.Table), numbers.view(qiime2.Metadata)
first = numbers.view(pandas.Series)
print(json.dumps({
    "samples": [str(name) for name in counted.ids()],
    "capabilities": [str(name) for name in counted.ids("observation")],
    "cells": counted.matrix_data.toarray().tolist(),
    "quantities": {name: metadata.get_column(name).to_series().to_dict()
                   for name in metadata.columns},
    "first": first.name,
    "citations": sorted({*table.citations.keys(), *numbers.citations.keys()}),
}))
"""
"""Run by the Python that QIIME 2 is installed for."""


def check_qiime2(export: Path, quantities: pd.DataFrame, home: Path) -> None:
    """Artifacts are valid, and QIIME 2 finds in them what the results hold."""
    for name, kind in (
        ("capabilities", "FeatureTable[Frequency]"),
        ("quantities", "SampleData[AlphaDiversity]"),
    ):
        path = str(export / f"{name}.qza")
        assert "appears to be valid at level=max" in run(home, "qiime", "tools", "validate", path)
        assert kind in run(home, "qiime", "tools", "peek", path)
    summary = str(home / "summary.qzv")
    options = ["--i-table", str(export / "capabilities.qza"), "--o-visualization", summary]
    facts = ["--m-sample-metadata-file", str(export / "quantities.qza")]
    run(home, "qiime", "feature-table", "summarize", *options, *facts)
    assert "Visualization" in run(home, "qiime", "tools", "peek", summary)
    seen = json.loads(run(home, "/usr/bin/python3", "-c", LOOK, str(export)))
    ours = biom.load_table(str(export / "capabilities.biom"))
    assert seen["samples"] == list(ours.ids())
    assert seen["capabilities"] == list(ours.ids("observation"))
    np.testing.assert_array_equal(np.array(seen["cells"]), ours.matrix_data.toarray())
    assert seen["first"] == "precursor_balance"
    assert seen["citations"] == ["tryptome"]
    read = pd.DataFrame(seen["quantities"]).loc[quantities.index, quantities.columns]
    np.testing.assert_allclose(read.astype(float), quantities, rtol=1e-8)


def check_phyloseq(folder: Path, quantities: pd.DataFrame, table: biom.Table, home: Path) -> None:
    """Phyloseq counts the reads that the table has, by taxon and by phylum."""
    target = home / "phyloseq.csv"
    run(home, "Rscript", str(HERE / "phyloseq.R"), str(folder), str(target))
    told = pd.read_csv(target, dtype={"sample": str}).set_index("sample")
    assert list(told.index) == list(table.ids())
    reads = np.asarray(table.sum(axis="sample"))
    for column in ("reads", "by_phylum", "said"):
        np.testing.assert_array_equal(told[column], reads)
    np.testing.assert_allclose(
        told["synthesis"], quantities.loc[told.index, "share:trp_synthesis"], rtol=1e-8
    )


def main() -> int:
    """Check every cohort, or say why not."""
    results, scratch = (Path(word).resolve() for word in sys.argv[1:3])
    if not install(("qiime", "Rscript"), PACKAGES):
        print(f"not checked: as root: apt-get install {' '.join(PACKAGES)}")
        return 0
    for cohort in sorted((results / "cohorts").iterdir()):
        home = Path(tempfile.mkdtemp(dir=scratch))
        long = pd.read_parquet(cohort / "estimate" / "quantities.parquet")
        quantities = long.pivot(index="sample", columns="quantity", values="mean")
        check_qiime2(cohort / "export", quantities, home)
        table = biom.load_table(str(cohort / "ingest" / "table.biom"))
        check_phyloseq(cohort / "export" / "phyloseq", quantities, table, home)
        print(f"{cohort.name}: QIIME 2 and phyloseq read what we export")
    return 0


if __name__ == "__main__":
    sys.exit(main())
