"""The real cohorts for the calibration of contrasts: outcomes, also at a tenth of the reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import biom
import numpy as np
import pandas as pd
import scipy.sparse

from stages import annotated, estimated
from tryptome.community.reads import Reads
from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community as Cells
from tryptome.compare.scale import to_scale
from tryptome.compare.shared import Shared
from tryptome.estimate.community import Community, assemble
from tryptome.tables import read_biom, read_parquet, read_tsv, write_biom
from tryptome.values import read_values

FOLDERS = {
    "HE": "HE_INFANTS_MFGM_2019",
    "JACOBS": "JACOBS_IBD_FAMILIES_2016",
    "KANG": "KANG_AUTISM_2017",
    "KIM": "KIM_ADENOMAS_2020",
    "POYET": "POYET_BIO_ML_2019",
    "SINHA": "SINHA_CRC_2016",
    "WANDRO": "WANDRO_PRETERMS_2018",
}
BALANCE = "precursor_balance"
QUANTITIES = (
    *("share:trp_synthesis", "share:trp_diversion", "share:indole", "share:butyrate"),
    *("share:vitamin_b6", "share:deoxycholate", BALANCE),
    *("mass:diverted", "gut_contribution:median"),
)
THIN = 0.1
SEED = 2

Array = np.ndarray


@dataclass(frozen=True)
class Cohort:
    """A cohort, estimated.

    Attributes
    ----------
    name : str
    metadata : pandas.DataFrame
        ``sample``, ``person``, the cohort's groups as ``group``, families as ``family`` and
        age as ``day`` (in the cohort's own unit), all text.
    outcomes, thin : dict of str to ndarray, shape (samples,)
        Quantities on the scale of comparison, and those of a tenth of the reads; NaN where not
        assessable.
    reads : Reads
        Of resolved taxa.
    counts : bool
    community : Community
    capabilities, copies : pandas.DataFrame
    """

    name: str
    metadata: pd.DataFrame
    outcomes: dict[str, Array]
    thin: dict[str, Array]
    reads: Reads
    counts: bool
    community: Community
    capabilities: pd.DataFrame
    copies: pd.DataFrame

    @property
    def subject(self) -> str | None:
        """Column that tells persons apart, where they repeat."""
        return "person" if self.metadata["person"].duplicated().any() else None

    def shared(self, reads: scipy.sparse.csr_array) -> Shared:
        """What samples with these reads of the cohort's taxa share."""
        cells = (reads * self.community.per_read).T
        known = self.capabilities[self.capabilities["assessable"].astype(bool)]
        taxa = list(self.community.taxa)
        mean = {
            str(name): rows.set_index("taxon")["mean"].reindex(taxa).to_numpy(float)
            for name, rows in known.groupby("capability", sort=False)
        }
        return Shared.of(
            Cells(taxa, Held(scipy.sparse.csr_array(cells)), mean),
            self.capabilities,
            self.copies,
            correct=True,
            seed=SEED,
        )


def load(name: str, data: Path) -> Cohort:
    """Take a cohort through the stages, once as it is and once with a tenth of its reads."""
    source = data / "cohorts" / FOLDERS[name]
    table = next(iter(sorted(source.glob("genera*.tsv"))))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        at = annotated(folder, table, metadata=str(source / "metadata.tsv"))
        features = read_biom(at["table.biom"])
        samples, resolution = read_tsv(at["samples.tsv"]), read_tsv(at["resolution.tsv"])
        capabilities = read_parquet(at["capabilities.parquet"])
        copies = read_parquet(at["copy_number.parquet"])
        counts = json.loads(Path(at["ledger.json"]).read_text())["values"] == "counts"
        full = outcomes(folder, at)
        thin = full
        if counts:
            write_biom(_thinned(features), at["table.biom"])
            thin = outcomes(folder, at)
    reads = scipy.sparse.csr_array(features.matrix_data.T)
    community = assemble(
        tuple(samples["sample"]), reads, resolution, copies, counts=counts, correct_copies=True
    )
    return Cohort(
        name,
        _metadata(samples),
        full,
        thin,
        Reads(community.reads, list(community.taxa)),
        counts,
        community,
        capabilities,
        copies,
    )


def outcomes(folder: Path, at: Mapping[str, str]) -> dict[str, Array]:
    """Estimate a cohort: posterior means on the scale of comparison."""
    values = read_values(str(estimated(folder, at)), wanted=lambda name: name in QUANTITIES)
    names = read_tsv(at["samples.tsv"])["sample"]
    means = values.of(list(names)).by_name()
    return {name: to_scale(name, means[name]) for name in QUANTITIES}


def _thinned(table: biom.Table) -> biom.Table:
    """Draw a tenth of the reads."""
    reads = scipy.sparse.csr_array(table.matrix_data.T)
    thin = reads.copy()
    thin.data = np.random.default_rng(SEED).binomial(reads.data.astype(int), THIN).astype(float)
    # A sample keeps one read at least: a sample without any is no depth but none.
    for row in np.flatnonzero(np.asarray(thin.sum(axis=1)).ravel() == 0):
        start, end = reads.indptr[row : row + 2]
        thin.data[start + int(np.argmax(reads.data[start:end]))] = 1
    return biom.Table(scipy.sparse.csr_matrix(thin.T), table.ids("observation"), table.ids())


def _metadata(samples: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sample": samples["sample"],
            "person": samples["Subject"],
            "group": samples.get("Study.Group", "all"),
            "family": samples.get("Family_ID", ""),
            "day": samples["Age"],
        }
    )
