"""The stages up to the estimates, on a table, without a workflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tryptome.annotate.run import run as annotate
from tryptome.config.model import Cohort, Estimate
from tryptome.estimate.run import run as estimate
from tryptome.ingest.run import run as ingest
from tryptome.resolve.run import run as resolve

FILES = (
    *("table.biom", "features.tsv", "samples.tsv", "ledger.json"),
    *("resolution.tsv", "taxa.tsv", "capabilities.parquet", "copy_number.parquet"),
)
ESTIMATES = (
    *("composition.biom", "quantities.parquet", "contributions.parquet", "accounting.tsv"),
    *("depth.tsv", "applicability.tsv", "budget.tsv", "scenario_checks.tsv"),
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


def estimated(folder: Path, at: Mapping[str, str]) -> Path:
    """Take a table through the stage `estimate`, with the settings by default.

    Parameters
    ----------
    folder : pathlib.Path
        Where its files go.
    at : mapping of str to str
        Paths of :func:`annotated`.

    Returns
    -------
    pathlib.Path
        ``quantities.parquet``.
    """
    settings = Estimate().model_dump()
    settings |= {f"{Path(name).stem}_out": str(folder / name) for name in ESTIMATES}
    estimate(
        at["table.biom"],
        at["ledger.json"],
        at["samples.tsv"],
        at["resolution.tsv"],
        at["capabilities.parquet"],
        at["copy_number.parquet"],
        copy_number_correction=settings.pop("copy_number"),
        **settings,
    )
    return folder / "quantities.parquet"
