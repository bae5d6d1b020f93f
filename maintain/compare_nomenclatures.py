"""Estimate the same samples under Greengenes2 and Greengenes 13_8 names; write a page.

The features of QIIME 2's moving pictures, named by both taxonomies, go through the whole library.
What differs then is only what the names stand for.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import pandas as pd

from stages import annotated, estimated
from tryptome.atomic import write_text
from tryptome.tables import read_parquet, read_tsv

TABLE = Path("formats", "mia_extdata", "table.qza")
TAXONOMIES = {
    "Greengenes2": Path("formats", "q2_taxonomy_gg2", "moving-pics-taxonomy-gg-2.qza"),
    "Greengenes 13_8": Path("formats", "q2_taxonomy_gg2", "moving-pics-taxonomy-gg-13-8.qza"),
}
FEWEST = 3

HEADER = """\
# The same samples under two nomenclatures

Written by `maintain/compare_nomenclatures.py`: the {samples} samples of QIIME 2's moving pictures
(gut, tongue and palms; {features} features), named by Greengenes2 and by Greengenes 13_8 and
estimated from either. *Both* is the number of samples that can be assessed under both names,
*Spearman* the correlation of their posterior means, *difference* the mean absolute one (in the
unit of the quantity), *interval* the mean width of the 5-95 % interval under Greengenes2.
Reads that resolve to a species, genus or family: {resolved}.

| quantity | both | Spearman | difference | interval |
|---|---|---|---|---|
"""


def main(raw: str, output: str) -> None:
    """Compare on the files under ``raw`` and write the Markdown page ``output``."""
    found = {name: run(Path(raw), path) for name, path in TAXONOMIES.items()}
    (newer, resolution), (older, _) = found.values()
    header = HEADER.format(
        samples=newer["sample"].nunique(),
        features=len(resolution),
        resolved=", ".join(f"{resolved(r):.1%} under {name}" for name, (_, r) in found.items()),
    )
    write_text(output, header + "\n".join(agreement(newer, older)) + "\n")


def run(raw: Path, taxonomy: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quantities and resolution of the samples under a taxonomy."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        at = annotated(folder, raw / TABLE, taxonomy=str(raw / taxonomy))
        return read_parquet(estimated(folder, at)), read_tsv(
            at["resolution.tsv"], numeric=("share",)
        )


def resolved(resolution: pd.DataFrame) -> float:
    """Share of reads that stand for reference genomes."""
    inside = resolution["tier"].isin(("species", "genus", "family"))
    return float(resolution.loc[inside, "share"].sum())


def agreement(newer: pd.DataFrame, older: pd.DataFrame) -> list[str]:
    """Rows of the table, in the order of the quantities."""
    from scipy.stats import spearmanr

    pairs = newer.merge(older, on=["sample", "quantity"], suffixes=("", "_older"))
    rows = []
    for quantity in newer["quantity"].drop_duplicates():
        of = pairs[pairs["quantity"] == quantity].dropna(subset=["mean", "mean_older"])
        if len(of) < FEWEST or of["mean"].nunique() == 1:
            rows.append(f"| `{quantity}` | {len(of)} | | | |")
            continue
        rho = spearmanr(of["mean"], of["mean_older"]).statistic
        difference = (of["mean"] - of["mean_older"]).abs().mean()
        width = (of["q95"] - of["q05"]).mean()
        rows.append(f"| `{quantity}` | {len(of)} | {rho:.2f} | {difference:.3f} | {width:.3f} |")
    return rows


if __name__ == "__main__":
    main(*sys.argv[1:])
