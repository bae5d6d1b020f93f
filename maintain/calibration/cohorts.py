"""The real cohorts for the calibration of contrasts: outcomes, also at a tenth of the reads."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

from stages import annotated
from tryptome.compare.cells import Held
from tryptome.compare.drivers import Community as Cells
from tryptome.compare.scale import to_scale
from tryptome.compare.shared import Shared
from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR
from tryptome.estimate.community import Community, assemble
from tryptome.estimate.shares import Prevalence, share_of_cells
from tryptome.tables import read_biom, read_parquet, read_tsv

NAMES = (*("trp_synthesis", "trp_diversion", "indole", "butyrate", "vitamin_b6", "deoxycholate"),)
BALANCE = "precursor_balance"
THIN = 0.1
SEED = 1

Array = np.ndarray


@dataclass(frozen=True)
class Cohort:
    """A cohort, estimated.

    Attributes
    ----------
    name : str
    metadata : pandas.DataFrame
        ``sample``, ``person`` and the cohort's groups as ``group``, all text.
    outcomes, thin : dict of str to ndarray, shape (samples,)
        Quantities on the scale of comparison, and those of a tenth of the reads.
    community : Community
    capabilities, copies : pandas.DataFrame
    """

    name: str
    metadata: pd.DataFrame
    outcomes: dict[str, Array]
    thin: dict[str, Array]
    community: Community
    capabilities: pd.DataFrame
    copies: pd.DataFrame

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


def load(name: str, folder: Path) -> Cohort:
    """Take a cohort through the stages, once as it is and once with a tenth of its reads."""
    table = next(iter(sorted(folder.glob("genera*.tsv"))))
    with tempfile.TemporaryDirectory() as scratch:
        at = annotated(Path(scratch), table, metadata=str(folder / "metadata.tsv"))
        biom = read_biom(at["table.biom"])
        samples, resolution = read_tsv(at["samples.tsv"]), read_tsv(at["resolution.tsv"])
        capabilities = read_parquet(at["capabilities.parquet"])
        copies = read_parquet(at["copy_number.parquet"])
    reads = scipy.sparse.csr_array(biom.matrix_data.T)
    counts = bool((reads.data == np.round(reads.data)).all())
    names = tuple(samples["sample"])

    def estimate(matrix: scipy.sparse.csr_array) -> tuple[Community, dict[str, Array]]:
        community = assemble(names, matrix, resolution, copies, counts=counts, correct_copies=True)
        return community, outcomes(community, capabilities)

    community, full = estimate(reads)
    thin = estimate(_thinned(reads))[1] if counts else full
    return Cohort(name, _metadata(samples), full, thin, community, capabilities, copies)


def outcomes(community: Community, capabilities: pd.DataFrame) -> dict[str, Array]:
    """Shares and the balance on the scale of comparison."""
    prevalence = Prevalence.of(capabilities, community.taxa)
    means = share_of_cells(community, prevalence).mean.T
    share = dict(zip(prevalence.capabilities, means, strict=True))
    found = {f"share:{name}": to_scale(f"share:{name}", share[name]) for name in NAMES}
    ratio = (share[NUMERATOR] + EPSILON) / (share[DENOMINATOR] + EPSILON)
    return found | {BALANCE: np.log2(ratio)}


def _thinned(reads: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    thin = reads.copy()
    thin.data = np.random.default_rng(SEED).binomial(reads.data.astype(int), THIN).astype(float)
    # A sample keeps one read at least: a sample without any is no depth but none.
    empty = np.flatnonzero(np.asarray(thin.sum(axis=1)).ravel() == 0)
    for row in empty:
        at = reads.indptr[row] + int(
            np.argmax(reads.data[reads.indptr[row] : reads.indptr[row + 1]])
        )
        thin.data[at] = 1
    return thin


def _metadata(samples: pd.DataFrame) -> pd.DataFrame:
    group = samples.get("Study.Group", "all")
    return pd.DataFrame({"sample": samples["sample"], "person": samples["Subject"], "group": group})
