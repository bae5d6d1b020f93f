"""How often intervals cover the planted truth, over independent worlds; a page of tables."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

from calibration.worlds import (
    Prevalences,
    plant,
    plant_genomes,
    positions,
    strains,
    take_out,
    unknown,
)
from stages import annotated
from tryptome.annotate.copy_number import copies
from tryptome.annotate.hierarchy import Array, Concentrations
from tryptome.annotate.posterior import Reference, concentrations, prevalence, reference
from tryptome.atomic import write_text
from tryptome.estimate.balance import EPSILON, precursor_balance
from tryptome.estimate.community import Community, assemble
from tryptome.estimate.shares import Prevalence, share_of_cells
from tryptome.knowledge.base import KnowledgeBase, load
from tryptome.paths import resource
from tryptome.tables import read_biom, read_tsv
from tryptome.vocabulary import BACTERIUM

SEED = 1
DEPTHS = (500, 5_000, 50_000)
LOST = 0.1
NAMES = ("trp_synthesis", "trp_diversion", "butyrate", "vitamin_b6")
BALANCE = "precursor_balance"
SHARES = "the four shares together"
INNER, OUTER = (1, 3), (0, 4)
LIMITS = {"in 90 %": (0.87, 0.9, 0.93), "in 50 %": (0.46, 0.5, 0.54)}
"""Coverage by column: the least that is wanted, what is stated, and the most."""


@dataclass(frozen=True)
class Demo:
    """The demo's table with what its names stand for."""

    reads: scipy.sparse.csr_array
    resolution: pd.DataFrame


def main(worlds: str, output: str) -> None:
    """Simulate so many worlds, and write the page."""
    demo, knowledge = _demo(), load()
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            row
            for number in range(int(worlds))
            for row in world(number, demo, knowledge, Path(folder) / str(number))
        ]
    write_text(output, page(pd.DataFrame(rows), int(worlds)))


def world(
    number: int, demo: Demo, knowledge: KnowledgeBase, folder: Path
) -> list[dict[str, object]]:
    """Plant one world and estimate one sample of it at each depth."""
    rng = np.random.default_rng([SEED, number])
    known = reference(knowledge)
    columns = positions(known, NAMES)
    every = concentrations(knowledge)
    kappa = Concentrations(every.species[columns], every.genus[columns], every.family[columns])
    planted = plant(rng, known.counts, known.hierarchy.root.mean[columns], kappa)
    made = plant_genomes(rng, folder, knowledge, known, planted, NAMES)
    resolution, copy_number, truth, cells = _truth(rng, demo, made, known, planted, kappa)
    annotation = prevalence(copy_number["taxon"].tolist(), made)
    rows = []
    for depth in DEPTHS:
        reads = scipy.sparse.csr_array(rng.multinomial(depth, cells)[None].astype(float))
        community = assemble(
            ("sample",), reads, resolution, copy_number, counts=True, correct_copies=True
        )
        known_taxa = Prevalence.of(annotation, community.taxa)
        rows += _score(number, depth, community, known_taxa, truth)
    return rows


def _truth(
    rng: np.random.Generator, demo: Demo, made: KnowledgeBase, known: Reference,
    planted: Prevalences, kappa: Concentrations,
) -> tuple[pd.DataFrame, pd.DataFrame, Array, Array]:  # fmt: skip
    """Plant strains, copies and lost names in one sample of the demo.

    Returns
    -------
    resolution : DataFrame
        That of the demo, with the lost names unresolved.
    copy_number : DataFrame
    truth : ndarray, shape (capabilities,)
        Share of all bacterial cells.
    fragments : ndarray, shape (features,)
        Share of each feature in the reads, that is cells times copies.
    """
    taxa = demo.resolution["taxon"].to_numpy(object)
    names = tuple(sorted(set(taxa) - {""}))
    copy_number = copies([*names, BACTERIUM], made)
    median = copy_number["mean"] * np.exp(-(copy_number["log_sd"] ** 2) / 2)
    drawn = median * np.exp(copy_number["log_sd"] * rng.standard_normal(len(copy_number)))
    of_taxon = dict(zip(copy_number["taxon"], drawn, strict=True))
    per_cell = np.array([of_taxon[name or BACTERIUM] for name in taxa])

    share = dict(zip(names, strains(rng, names, known, planted, kappa), strict=True))
    nobody = unknown(rng, planted, kappa, len(taxa))
    nobody = (rng.random(nobody.shape) < nobody).astype(float)
    able = np.array([share.get(name, lone) for name, lone in zip(taxa, nobody, strict=True)])

    sample = demo.reads[[rng.integers(demo.reads.shape[0])]].toarray()[0]
    bacterial = demo.resolution["tier"].isin(["species", "genus", "family", "bacteria"]).to_numpy()
    cells = np.where(bacterial, sample / per_cell, 0)
    fragments = cells * per_cell
    resolution = demo.resolution.copy()
    lost = take_out(rng, taxa, LOST)
    resolution.loc[lost, ["taxon", "tier"]] = ["", "bacteria"]
    return resolution, copy_number, cells @ able / cells.sum(), fragments / fragments.sum()


def _score(
    number: int, depth: int, community: Community, known: Prevalence, truth: Array
) -> list[dict[str, object]]:
    """Compare the intervals of one sample with the truth."""
    shares = share_of_cells(community, known)
    order = [known.capabilities.index(name) for name in NAMES]
    quantiles = shares.quantiles()[0]
    balance = precursor_balance(community, known, shares)
    true_balance = np.log2((truth[0] + EPSILON) / (truth[1] + EPSILON))
    estimated = [
        *((name, shares.mean[0, k], quantiles[k], true)
          for name, k, true in zip(NAMES, order, truth, strict=True)),
        (BALANCE, balance.mean[0], balance.quantiles[0], true_balance),
    ]  # fmt: skip
    return [
        {
            "world": number, "depth": depth, "quantity": name, "error": mean - true,
            "width": q[OUTER[1]] - q[OUTER[0]],
            "in 90 %": q[OUTER[0]] <= true <= q[OUTER[1]],
            "in 50 %": q[INNER[0]] <= true <= q[INNER[1]],
        }
        for name, mean, q, true in estimated
    ]  # fmt: skip


def page(rows: pd.DataFrame, worlds: int) -> str:
    """Markdown page of coverage and bias, over the shares and by quantity and depth."""
    rows = rows.dropna()
    shares = rows[rows["quantity"] != BALANCE].assign(quantity=SHARES)
    table = pd.concat([summarise(shares), summarise(rows)])
    error = 100 * np.sqrt(0.9 * 0.1 / worlds)
    lines = [
        HEADER.format(worlds=worlds, error=error, lost=f"{LOST:.0%}"),
        "| quantity | reads | 90 % interval covers | 50 % interval covers | bias | bias / width |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['quantity']} | {row['depth']:,} | {row['in 90 %']:.1%} | {row['in 50 %']:.1%} "
        f"| {row['error']:+.4f} | {row['error'] / row['width']:+.3f} |"
        for row in table.to_dict("records")
    ]
    return "\n".join([*lines, "", outside(table, worlds), ""])


def outside(table: pd.DataFrame, worlds: int) -> str:
    """Name the rows whose coverage lies outside the limits, with how far that is from chance."""
    told = []
    for row in table.to_dict("records"):
        for column, (least, nominal, most) in LIMITS.items():
            beyond = max(least - row[column], row[column] - most)
            if beyond > 0:
                errors = beyond / np.sqrt(nominal * (1 - nominal) / worlds)
                told.append(
                    f"{row['quantity']} at {row['depth']:,} reads ({row[column]:.1%} {column}, "
                    f"{errors:.1f} errors outside)"
                )
    limits = " and ".join(
        f"{least:.0%} to {most:.0%} {column}" for column, (least, _, most) in LIMITS.items()
    )
    named = "; ".join(told) if told else "none"
    return f"Outside of {limits}, in units of the Monte Carlo error of one quantity: {named}."


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean of coverage, error and width over worlds, by quantity and depth."""
    return rows.groupby(["quantity", "depth"], as_index=False).mean(numeric_only=True)


def _demo() -> Demo:
    with tempfile.TemporaryDirectory() as folder:
        at = annotated(Path(folder), Path(resource("demo", "david2014.biom")))
        table = read_biom(at["table.biom"])
        return Demo(scipy.sparse.csr_array(table.matrix_data.T), read_tsv(at["resolution.tsv"]))


HEADER = """# Do the intervals cover the truth?

Written by `make calibration`. {worlds} independent worlds around the compositions and names of
the demo: in each, prevalences are planted from the root down to the species, the reference genomes
and one strain of each species in the sample are drawn from them, 16S copies are drawn, {lost} of
the taxa are made unknown to the knowledge base, and reads are drawn at three depths.

What an interval is for: the share of *all* bacterial cells of the sample, those that cannot be
assessed included, each of whose names is taken as a bacterium of an unknown family; and the balance
of two such shares. The mean beside it is that of the cells that can be assessed, and bias is that
of the mean.

Monte Carlo error of a coverage of 90 %: {error:.1f} points in each row of one quantity. The worlds
are drawn from the model that the estimates assume: this shows that the arithmetic is right, and
not that the world is so.
"""

if __name__ == "__main__":
    main(*sys.argv[1:3])
