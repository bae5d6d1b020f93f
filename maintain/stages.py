"""The stages before the estimates, on a table, without a workflow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tryptome.annotate.run import run as annotate
from tryptome.config.model import Cohort
from tryptome.ingest.run import run as ingest
from tryptome.resolve.run import run as resolve

FILES = (
    *("table.biom", "features.tsv", "samples.tsv", "ledger.json"),
    *("resolution.tsv", "taxa.tsv", "capabilities.parquet", "copy_number.parquet"),
)


def annotated(folder: Path, table: Path, **inputs: Any) -> dict[str, str]:
    """Take a table through the stages `ingest`, `resolve` and `annotate`.

    Parameters
    ----------
    folder : pathlib.Path
        Where their files go.
    table : pathlib.Path
    **inputs
        Further inputs of `ingest`: ``taxonomy``, ``metadata``.

    Returns
    -------
    dict of str to str
        Path of each file, by its name.
    """
    at = {name: str(folder / name) for name in FILES}
    ingest(
        str(table),
        **inputs,
        **Cohort(table=str(table)).reading(),
        table_out=at["table.biom"],
        features_out=at["features.tsv"],
        samples_out=at["samples.tsv"],
        ledger_out=at["ledger.json"],
    )
    resolve(at["table.biom"], at["features.tsv"], at["resolution.tsv"], at["taxa.tsv"])
    annotate(
        at["taxa.tsv"],
        capabilities_out=at["capabilities.parquet"],
        copy_number_out=at["copy_number.parquet"],
    )
    return at
