"""Derive the embedded demo cohort (David et al. 2014) from the raw tables.

Counts of OTUs with the same lineage are summed; the subject codes are joined to
persons, after checking that the two codes of a person are the most alike.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import biom
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.spatial.distance import cdist

from tryptome.tables import write_biom, write_tsv

RANKS = ["Kingdom", "Phylum", "Class", "Order", "Family", "Genus", "Species"]
DIET_DAYS = range(5)
"""Days of the diet, of which day 0 is the first."""


def lineages(placements: pd.DataFrame) -> pd.Series:
    """Write out each OTU's lineage, as far as it is named.

    Examples
    --------
    >>> frame = pd.DataFrame([["Bacteria", "Firmicutes", *["NA"] * 5]], columns=RANKS, index=["a"])
    >>> lineages(frame)["a"]
    'Bacteria;Firmicutes'
    """
    named = [
        ";".join(name for name in row if name != "NA")
        for row in placements[RANKS].itertuples(index=False)
    ]
    return pd.Series(named, index=placements.index)


def sum_by_lineage(abundance: pd.DataFrame, lineage: pd.Series) -> biom.Table:
    """Sum counts (samples x OTUs) to a BIOM table (lineages x samples), both sorted."""
    names, group = np.unique(
        lineage.loc[abundance.columns].to_numpy(dtype=str), return_inverse=True
    )
    abundance = abundance.sort_index()
    membership = csr_matrix(
        (np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(names), len(group))
    )
    counts = membership @ csr_matrix(abundance.to_numpy(dtype=float)).T
    taxonomy = [{"taxonomy": name.split(";")} for name in names]
    return biom.Table(
        counts, list(names), list(abundance.index), observation_metadata=taxonomy, type="OTU table"
    )


def sample_days(samples: pd.DataFrame, diets: pd.Series) -> pd.DataFrame:
    """Metadata with subject, day, diet and phase (baseline, diet, washout) of each sample."""
    day = samples["day"].astype(float)
    if not (day == day.round()).all():
        raise ValueError("a day is not a whole number")
    phase = np.where(day < 0, "baseline", np.where(day.isin(DIET_DAYS), "diet", "washout"))
    return pd.DataFrame(
        {
            "sample": samples["sample"],
            "subject": samples["subject"],
            "day": day.astype(int),
            "diet": samples["subject"].map(diets.str.lower()),
            "phase": phase,
        }
    ).sort_values("sample", ignore_index=True)


def persons(abundance: pd.DataFrame, metadata: pd.DataFrame) -> pd.DataFrame:
    """Persons behind the subject codes, with how alike their two codes are.

    Codes ``Plant<n>`` and ``Animal<n>`` are taken as one person only where each
    is the nearest to the other, by Bray-Curtis dissimilarity of the mean
    baseline composition over OTUs. (Summed to lineages, compositions no longer
    tell persons apart.)

    Returns
    -------
    pandas.DataFrame
        One row a number: ``person``, ``plant``, ``animal``, ``dissimilarity``
        of the two, and ``next``, the least dissimilarity of either to any other
        code of the other diet.

    Raises
    ------
    ValueError
        Two codes of a number are not mutually nearest.
    """
    baseline = metadata[metadata["phase"] == "baseline"]
    counts = abundance.loc[baseline["sample"]]
    shares = counts.div(counts.sum(axis="columns"), axis="index")
    means = shares.groupby(baseline["subject"].to_numpy()).mean()
    plant, animal = means.filter(regex="^Plant", axis=0), means.filter(regex="^Animal", axis=0)
    distance = pd.DataFrame(
        cdist(plant.to_numpy(), animal.to_numpy(), "braycurtis"),
        index=plant.index.str.removeprefix("Plant").astype(int),
        columns=animal.index.str.removeprefix("Animal").astype(int),
    )
    numbers = sorted({*distance.index, *distance.columns})
    return pd.DataFrame([_person(number, distance) for number in numbers])


def _person(number: int, distance: pd.DataFrame) -> dict[str, object]:
    row: dict[str, object] = {
        "person": f"P{number:02d}",
        "plant": f"Plant{number}" if number in distance.index else "",
        "animal": f"Animal{number}" if number in distance.columns else "",
    }
    if not (row["plant"] and row["animal"]):
        return row | {"dissimilarity": np.nan, "next": np.nan}
    values, here = distance.to_numpy(), np.asarray(distance.index == number)
    there = np.asarray(distance.columns == number)
    own = float(values[here][:, there].item())
    others = float(min(values[here][:, ~there].min(), values[~here][:, there].min()))
    if own >= others:
        raise ValueError(f"codes of number {number} are not the most alike")
    return row | {"dissimilarity": round(own, 3), "next": round(others, 3)}


def with_persons(metadata: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Add the column ``person`` behind ``subject``."""
    code_of = {
        code: row.person for row in people.itertuples() for code in (row.plant, row.animal) if code
    }
    metadata = metadata.copy()
    metadata.insert(2, "person", metadata["subject"].map(code_of))
    if metadata.isna().to_numpy().any():
        raise ValueError("a sample has no person or no diet")
    return metadata


def build(source: Path, target: Path) -> None:
    """Write ``david2014.biom``, ``david2014.tsv`` and ``david2014.persons.tsv``.

    Parameters
    ----------
    source : pathlib.Path
        Folder with ``abundance.csv.gz``, ``mothur_placements.csv``,
        ``sample_metadata.csv`` and ``subject_data.csv``.
    target : pathlib.Path
        Folder to write to.
    """
    abundance = pd.read_csv(source / "abundance.csv.gz", index_col=0)
    placements = pd.read_csv(
        source / "mothur_placements.csv", index_col=0, dtype=str, keep_default_na=False
    )
    samples = pd.read_csv(
        source / "sample_metadata.csv", names=["sample", "subject", "day"], dtype=str
    )
    diets = pd.read_csv(source / "subject_data.csv", index_col=0, dtype=str)["diet"]
    metadata = sample_days(samples, diets)
    people = persons(abundance, metadata)
    write_biom(sum_by_lineage(abundance, lineages(placements)), target / "david2014.biom")
    write_tsv(with_persons(metadata, people), target / "david2014.tsv")
    write_tsv(people, target / "david2014.persons.tsv")


def main(arguments: Sequence[str]) -> None:
    """Build from the first folder into the second."""
    source, target = arguments
    build(Path(source), Path(target))


if __name__ == "__main__":
    main(sys.argv[1:])
