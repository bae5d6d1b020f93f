"""Cohorts with measured metabolites, read from a run's results and the raw data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse

from tryptome.estimate.faecal.features import FAMILY, SHARE, Families, Features, features
from tryptome.estimate.faecal.fit import Training
from tryptome.estimate.faecal.ranks import ranks
from tryptome.measured.run import diversity_and_depth
from tryptome.tables import read_biom, read_parquet, read_tsv
from tryptome.values import read_values

Array = npt.NDArray[np.float64]

COMPOUNDS = Path(__file__).with_name("compounds.tsv")

HELD = 0.001
"""Share of a sample's cells from which a family counts as held by it."""

COMMON = 0.2
"""Share of a cohort's samples that hold a family which is common in it."""


@dataclass(frozen=True)
class Paired:
    """A cohort with measured metabolites.

    Attributes
    ----------
    name : str
    samples : tuple of str
    persons : ndarray of str objects
    depth : ndarray
        Reads of each sample.
    diversity : ndarray
        Shannon diversity of the table as it came.
    means : DataFrame, samples x quantities
        Null where not assessable.
    prevalence : DataFrame, taxa x capabilities
        Null where not assessable.
    features : Features
    measured : DataFrame, samples x metabolites
    genera : DataFrame, samples x genera
        The abundance table as it is.
    taxa : tuple of str
    cells : sparse array, samples x taxa
    """

    name: str
    samples: tuple[str, ...]
    persons: npt.NDArray[np.object_]
    depth: Array
    diversity: Array
    means: pd.DataFrame
    prevalence: pd.DataFrame
    features: Features
    measured: pd.DataFrame
    genera: pd.DataFrame
    taxa: tuple[str, ...]
    cells: scipy.sparse.csr_array


def read_all(results: Path, raw: Path) -> list[Paired]:
    """Read all cohorts of ``compounds.tsv``, sorted by name.

    Parameters
    ----------
    results : Path
        ``results/cohorts`` of a run.
    raw : Path
        Folder with one folder a study.
    """
    compounds = read_tsv(COMPOUNDS)
    out = []
    for name in sorted(set(compounds["cohort"])):
        rows = compounds[compounds["cohort"] == name]
        out.append(read(name, results / name, raw / rows["folder"].iloc[0], rows))
    return out


def read(name: str, results: Path, raw: Path, compounds: pd.DataFrame) -> Paired:
    """Read one cohort."""
    table = read_biom(str(results / "estimate" / "composition.biom"))
    samples = [str(sample) for sample in table.ids(axis="sample")]
    taxa = tuple(str(taxon) for taxon in table.ids(axis="observation"))
    cells = scipy.sparse.csr_array(table.matrix_data.T)
    values = read_values(str(results / "estimate" / "quantities.parquet")).of(samples)
    shares = values.starting(SHARE).frame().dropna(axis="columns", how="all")
    diversity, depth = diversity_and_depth(
        str(results / "ingest" / "table.biom"), str(results / "estimate" / "depth.tsv"), samples
    )
    metadata = read_tsv(raw / "metadata.tsv").set_index("Sample").loc[samples]
    measured = _numbers(raw / "mtb.tsv.gz")[list(compounds["column"])].reindex(samples)
    measured.columns = pd.Index(list(compounds["metabolite"]))
    return Paired(
        name,
        tuple(samples),
        metadata["Subject"].to_numpy(object),
        depth,
        diversity,
        values.frame(),
        _prevalence(results / "annotate" / "capabilities.parquet", taxa),
        features(list(shares.columns), shares.to_numpy(float), Families.of(taxa), cells),
        measured,
        _numbers(next(iter(sorted(raw.glob("genera*.tsv"))))).loc[samples],
        taxa,
        cells,
    )


def _prevalence(path: Path, taxa: tuple[str, ...]) -> pd.DataFrame:
    table = read_parquet(path)
    known = table[table["assessable"]]
    return known.pivot(index="taxon", columns="capability", values="mean").reindex(list(taxa))


def _numbers(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype={"Sample": str}, index_col="Sample")


def training(cohorts: list[Paired]) -> list[Training]:
    """Turn cohorts into ranks over the same features."""
    found = {name for cohort in cohorts for name in cohort.features.names}
    names = tuple(sorted(found))
    return [
        Training(
            cohort.name,
            names,
            ranks(cohort.features.columns(names)),
            common_families(cohort.features),
            {str(m): rank_of(cohort.measured[m]) for m in cohort.measured},
            cohort.persons,
        )
        for cohort in cohorts
    ]


def rank_of(values: pd.Series) -> Array:
    """Ranks of a metabolite; NaN where a sample has none."""
    column = values.to_numpy(float)
    out: Array = np.where(np.isnan(column), np.nan, ranks(column[:, None])[:, 0])
    return out


def common_families(found: Features) -> frozenset[str]:
    """Families that many samples of a cohort hold."""
    held = (found.values > HELD).mean(axis=0)
    return frozenset(
        name
        for name, share in zip(found.names, held, strict=True)
        if name.startswith(FAMILY) and share > COMMON and "?" not in name and "|" not in name
    )
