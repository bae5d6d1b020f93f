"""What a statement is held against: a quantity, the reads of a taxon, or a diversity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.studies.model import Statement, Taxon

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.compare.ready import Find

Array = npt.NDArray[np.float64]

TAXON_SCALE = "log2 odds ratio of reads"
SHANNON_SCALE = "bits"


@dataclass(frozen=True)
class Ours:
    """Our figure on a statement; numbers are None where there is none.

    Attributes
    ----------
    scale : str
    effect, lower, upper, p : float or None
    reason : str
        Why there is no figure; empty where there is one.
    """

    scale: str = ""
    effect: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Results:
    """Results of a cohort that statements are held against.

    Attributes
    ----------
    folder : pathlib.Path
        ``results/cohorts/NAME``.
    subject_column : str or None
    contrasts : mapping
        Fields of the contrasts, by name.
    seed : int
    confidence : float
    """

    folder: Path
    subject_column: str | None
    contrasts: dict[str, dict[str, Any]]
    seed: int
    confidence: float

    @cached_property
    def table(self) -> pd.DataFrame:
        """``contrasts.tsv``."""
        from tryptome.tables import read_tsv

        path = self.folder / "compare" / "contrasts.tsv"
        return read_tsv(path, numeric=("effect", "lower", "upper", "p"))

    @cached_property
    def samples(self) -> pd.DataFrame:
        """``samples.tsv``, with the types of columns that the metadata give themselves."""
        from tryptome.compare.design import declared, with_categories
        from tryptome.tables import read_tsv

        table = read_tsv(self.folder / "ingest" / "samples.tsv")
        return with_categories(table, declared(self.folder / "ingest" / "ledger.json"))

    @cached_property
    def reads(self) -> pd.DataFrame:
        """Reads, features x samples, indexed by lineage."""
        from tryptome.tables import read_biom, read_tsv

        table = read_biom(self.folder / "ingest" / "table.biom").to_dataframe(dense=True)
        table.index = read_tsv(self.folder / "ingest" / "features.tsv")["lineage"]
        reads: pd.DataFrame = table[list(self.samples["sample"])]
        return reads

    def ours(self, statement: Statement) -> Ours:
        """Our figure on a statement that can be compared."""
        if statement.quantity is not None:
            return self._of_quantity(statement, statement.quantity)
        if statement.taxon is not None:
            return self._of_taxon(statement, statement.taxon)
        values = shannon(self.reads.to_numpy(float))
        return self._compared(statement, values, SHANNON_SCALE)

    def _of_quantity(self, statement: Statement, quantity: str) -> Ours:
        from tryptome.compare.terms import chosen

        found = self.table[
            (self.table["contrast"] == statement.contrast) & (self.table["quantity"] == quantity)
        ]
        if found.empty:
            return Ours(reason=f"the results have no `{quantity}` in that contrast")
        at, reason = chosen(list(found["term"]), statement.term)
        if at is None:
            return Ours(reason=str(found["reason"].iloc[0]) or reason)
        row = found.iloc[at]
        if row["estimable"] != "true":
            return Ours(reason=str(row["reason"]))
        effect, lower, upper, p = (float(row[name]) for name in ("effect", "lower", "upper", "p"))
        return Ours(str(row["scale"]), effect, lower, upper, p)

    def _of_taxon(self, statement: Statement, taxon: Taxon) -> Ours:
        from tryptome.compare.scale import to_scale

        shares = share_of(taxon, self.reads)
        if shares is None:
            return Ours(reason=f"no name of the table is `{taxon.names[0]}` at rank {taxon.rank}")
        return self._compared(statement, to_scale("share:", shares), TAXON_SCALE)

    def _compared(self, statement: Statement, values: Array, scale: str) -> Ours:
        from tryptome.compare.table import half_width
        from tryptome.compare.terms import chosen

        terms = self._ready(str(statement.contrast))(values)
        at, reason = chosen([one.term for one in terms], statement.term)
        if at is None:
            return Ours(reason=terms[0].reason or reason)
        found = terms[at]
        if found.estimate is None:
            return Ours(reason=found.reason)
        effect = found.estimate.effect
        half = half_width(found.estimate, 0.0, self.confidence)
        return Ours(scale, effect, effect - half, effect + half, found.p)

    @cached_property
    def _ready(self) -> Callable[[str], Find]:
        """Gives a contrast as the stage ``compare`` makes it ready; many statements ask one."""
        from tryptome.compare.ready import ready

        return cache(
            lambda name: ready(
                name, self.contrasts[name], self.samples, self.subject_column, self.seed
            )
        )


def share_of(taxon: Taxon, reads: pd.DataFrame) -> Array | None:
    """Share of each sample's reads whose lineage names the taxon.

    Parameters
    ----------
    taxon : Taxon
    reads : DataFrame
        Features x samples, indexed by lineage.

    Returns
    -------
    ndarray or None
        NaN for a sample without reads; None where no lineage names it.

    Examples
    --------
    >>> import pandas as pd
    >>> reads = pd.DataFrame({"a": [1, 3], "b": [0, 2]}, ["g__Blautia", "g__Roseburia"])
    >>> share_of(Taxon(rank="genus", names=["Blautia"]), reads).tolist()
    [0.25, 0.0]
    """
    from tryptome.resolve.lineage import parse

    # Lineages are taken apart with blanks for underscores.
    wanted = {name.replace("_", " ").lower() for name in taxon.names}
    names = [parse(str(text)).names.get(taxon.rank, "").lower() for text in reads.index]
    chosen = np.array([name in wanted for name in names])
    if not chosen.any():
        return None
    counts = reads.to_numpy(float)
    with np.errstate(invalid="ignore"):
        shares: Array = counts[chosen].sum(axis=0) / counts.sum(axis=0)
    return shares


def shannon(counts: Array) -> Array:
    """Shannon diversity of each sample, in bits; NaN for a sample without reads.

    Parameters
    ----------
    counts : ndarray, shape (features, samples)
        Counts or relative abundances.

    Examples
    --------
    >>> shannon(np.array([[1.0, 5.0], [1.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    from skbio.diversity import alpha

    return np.array(
        [float(alpha.shannon(one, base=2)) if one.any() else np.nan for one in counts.T]
    )
