"""A small cohort on disk, as the stages before compare write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import biom
import numpy as np
import pandas as pd
import pytest

from tryptome.compare.run import run
from tryptome.tables import read_tsv, write_biom, write_parquet, write_tsv

TAXA = ["f__F", "g__A", "g__B", "g__C", "s__D"]
PREVALENCE = {
    "trp_synthesis": [0.5, 0.9, 0.1, 0.8, 0.02],
    "trp_auxotrophy": [0.5, 0.1, 0.9, 0.2, 0.98],
    "indole": [0.3, np.nan, 0.7, 0.0, 0.01],
}
UNSEEN = 0.25
SD = 0.02
LOG_SD = 0.1
NUMBERS = (
    *("se_shared", "detectable", "p_model", "p_joint", "q_joint"),
    *("effect", "se", "lower", "upper", "df", "p", "q", "p_permutation", "permutations"),
    *("mean_reference", "mean_level", "difference", "samples", "persons", "left_out"),
)


class Cohort:
    """Files of a cohort, and what comparing them gives."""

    def __init__(self, folder: Path, metadata: pd.DataFrame, cells: np.ndarray) -> None:
        self.folder = folder
        self.cells = cells
        self.metadata = metadata
        folder.mkdir(parents=True, exist_ok=True)
        self.quantities = self._estimate()
        write_tsv(metadata, folder / "samples.tsv")
        write_parquet(self._capabilities(), folder / "capabilities.parquet")
        copies = pd.DataFrame({"taxon": [*TAXA, "d__Bacteria"], "log_sd": LOG_SD})
        write_parquet(copies, folder / "copy_number.parquet")
        table = biom.Table(cells, TAXA, list(metadata["sample"]))
        write_biom(table, folder / "composition.biom")

    def _capabilities(self) -> pd.DataFrame:
        rows = [
            {
                "taxon": taxon,
                "capability": name,
                "mean": mean,
                "sd": SD,
                "assessable": not np.isnan(mean),
            }
            for name, means in PREVALENCE.items()
            for taxon, mean in zip([*TAXA, "d__Bacteria"], [*means, 0.4], strict=True)
        ]
        return pd.DataFrame(rows)

    def _estimate(self) -> pd.DataFrame:
        """Shares as the stage estimate defines them, with one unseen read."""
        frames = []
        for name, means in PREVALENCE.items():
            seen = ~np.isnan(means)
            total = self.cells[seen].sum(axis=0) + UNSEEN
            share = (np.array(means)[seen] @ self.cells[seen] + 0.4 * UNSEEN) / total
            frames.append(("share:" + name, "share of cells", share))
        balance = np.log2(frames[0][2] / frames[2][2])
        frames.append(("precursor_balance", "log2 ratio", balance))
        return pd.concat(
            pd.DataFrame(
                {"sample": self.metadata["sample"], "quantity": q, "unit": unit, "mean": mean}
            )
            for q, unit, mean in frames
        )

    why_untold = "no genome data can tell it"

    def set_mean(self, quantity: str, value: Any, samples: Any = None) -> None:
        """Replace the values of a quantity, in some samples or in all."""
        rows = self.quantities["quantity"] == quantity
        if samples is not None:
            rows &= self.quantities["sample"].isin(samples)
        self.quantities.loc[rows, "mean"] = value

    def compare(
        self, contrast: dict[str, Any], *, subject: str | None = None, **settings: Any
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Run the stage on one contrast, ``c``; contrasts (by quantity) and drivers."""
        told = self.quantities["mean"].notna()
        reason = np.where(told, "", self.why_untold)
        table = self.quantities.assign(assessable=told, reason=reason)
        write_parquet(table, self.folder / "quantities.parquet")
        ledger = {"column_types": settings.pop("types", {})}
        (self.folder / "ledger.json").write_text(json.dumps(ledger))
        arguments = {"seed": 1, "confidence": 0.95, "drivers": 20} | settings
        arguments.setdefault("copy_number_correction", True)
        contrasts = arguments.pop("contrasts", {"c": contrast})
        run(
            samples=str(self.folder / "samples.tsv"),
            ledger=str(self.folder / "ledger.json"),
            composition=str(self.folder / "composition.biom"),
            capabilities=str(self.folder / "capabilities.parquet"),
            copy_number=str(self.folder / "copy_number.parquet"),
            quantities=str(self.folder / "quantities.parquet"),
            contrasts_out=str(self.folder / "contrasts.tsv"),
            drivers_out=str(self.folder / "drivers.tsv"),
            contrasts=contrasts,
            subject_column=subject,
            **arguments,
        )
        found = read_tsv(self.folder / "contrasts.tsv", numeric=NUMBERS)
        drivers = read_tsv(self.folder / "drivers.tsv", numeric=("part", "share"))
        return found.set_index("quantity"), drivers


@pytest.fixture
def make_cohort(tmp_path: Path) -> Callable[..., Cohort]:
    """Build a cohort from metadata; cells are random, with ``g__A`` raised at some samples."""

    def make(metadata: pd.DataFrame, raised: Any = None, seed: int = 3) -> Cohort:
        rng = np.random.default_rng(seed)
        cells = rng.gamma(2.0, 50.0, size=(len(TAXA), len(metadata)))
        if raised is not None:
            cells[TAXA.index("g__A")] *= np.where(raised, 6.0, 1.0)
        return Cohort(tmp_path / "cohort", metadata, cells)

    return make


@pytest.fixture
def crossover() -> pd.DataFrame:
    """Nine persons in both arms and two in one, two to four samples a cell."""
    rng = np.random.default_rng(11)
    rows = []
    for person in range(11):
        arms = ("plant", "animal") if person < 9 else (("plant", "animal")[person % 2],)
        for arm in arms:
            for phase in ("baseline", "diet", "washout"):
                rows += [(f"P{person:02}", arm, phase)] * rng.integers(2, 5)
    frame = pd.DataFrame(rows, columns=["person", "arm", "phase"])
    frame.insert(0, "sample", [f"S{number:03}" for number in range(len(frame))])
    return frame


PHASE = {"column": "phase", "reference": "baseline", "level": "diet"}


@pytest.fixture
def phase() -> dict[str, Any]:
    """Diet against baseline."""
    return dict(PHASE)


@pytest.fixture
def arm_by_phase() -> dict[str, Any]:
    """How the change from baseline to diet differs between the arms."""
    arm = {"column": "arm", "reference": "plant", "level": "animal"}
    return PHASE | {"interaction": arm}
