"""How often intervals cover the planted truth, over independent worlds; a page of tables.

What was found in a world is kept, world by world: a run that was stopped goes on where it
was, and one that is asked for more worlds adds them.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
from tryptome.workflow.fingerprint import fingerprint, knowledge_fingerprint

SEED = 1
ASSESSABLE, ALL = "cells that can be assessed", "all bacterial cells"
"""What a share is of, and of what the page has a table each."""

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


@dataclass(frozen=True)
class Planted:
    """What is true of one sample.

    Attributes
    ----------
    cells : ndarray, shape (features,)
    able : ndarray, shape (features, capabilities)
        Share of each feature's cells that have each capability.
    taxa : ndarray of str objects, shape (features,)
        What each name resolves to; empty where to nothing.
    """

    cells: Array
    able: Array
    taxa: npt.NDArray[np.object_]

    def shares(self, known: npt.NDArray[np.bool_] | None = None) -> Array:
        """True share of cells with each capability.

        Parameters
        ----------
        known : ndarray of bool, shape (features, capabilities), optional
            Cells among which the share is taken; by default all.
        """
        among = np.ones(self.able.shape) if known is None else known.astype(float)
        return np.asarray(self.cells @ (self.able * among) / (self.cells @ among))


def main(worlds: str, output: str, kept: str) -> None:
    """Simulate so many worlds, and write the page; what is found goes into the folder `kept`."""
    demo, knowledge = _demo(), load()
    folder = Path(kept) / source_digest()
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(int(worlds)):
        told = folder / f"{number}.json"
        if not told.exists():
            with tempfile.TemporaryDirectory() as scratch:
                found = world(number, demo, knowledge, Path(scratch) / "knowledge")
            write_text(told, json.dumps(found))
        rows += json.loads(told.read_text(encoding="utf-8"))
    write_text(output, page(pd.DataFrame(rows), int(worlds)))


def source_digest() -> str:
    """Name of what worlds are worked out by: another one has them worked out anew."""
    digest = hashlib.sha256()
    for name in (fingerprint("annotate"), fingerprint("estimate"), knowledge_fingerprint()):
        digest.update(name.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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
    resolution, copy_number, truth, fragments = _truth(rng, demo, made, known, planted, kappa)
    annotation = prevalence(copy_number["taxon"].tolist(), made)
    rows = []
    for depth in DEPTHS:
        reads = scipy.sparse.csr_array(rng.multinomial(depth, fragments)[None].astype(float))
        community = assemble(
            ("sample",), reads, resolution, copy_number, counts=True, correct_copies=True
        )
        known_taxa = Prevalence.of(annotation, community.taxa)
        rows += _score(number, depth, community, known_taxa, truth)
    return rows


def _truth(
    rng: np.random.Generator, demo: Demo, made: KnowledgeBase, known: Reference,
    planted: Prevalences, kappa: Concentrations,
) -> tuple[pd.DataFrame, pd.DataFrame, Planted, Array]:  # fmt: skip
    """Plant strains, copies and lost names in one sample of the demo.

    Returns
    -------
    resolution : DataFrame
        That of the demo, with the lost names unresolved.
    copy_number : DataFrame
    truth : Planted
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
    truth = Planted(cells, able, resolution["taxon"].to_numpy(object))
    return resolution, copy_number, truth, fragments / fragments.sum()


def _score(
    number: int, depth: int, community: Community, known: Prevalence, truth: Planted
) -> list[dict[str, object]]:
    """Compare the intervals of one sample with the truth."""
    shares = share_of_cells(community, known)
    balance = precursor_balance(community, known, shares)
    columns = [known.capabilities.index(name) for name in NAMES]
    own = shares.columns(columns)
    among = _assessable(community, known.assessable[:, columns], truth)
    rows = []
    for of, found, ratio, true in (
        (ASSESSABLE, own, balance.own, truth.shares(among)),
        (ALL, own.of_all, balance.of_all, truth.shares()),
    ):
        true_balance = np.log2((true[0] + EPSILON) / (true[1] + EPSILON))
        estimated = [
            *zip(NAMES, found.mean[0], found.quantiles()[0], true, strict=True),
            (BALANCE, ratio.mean[0, 0], ratio.quantiles[0, 0], true_balance),
        ]
        rows += [
            {
                "world": number, "depth": depth, "of": of, "quantity": name,
                "error": float(mean - value), "width": float(q[OUTER[1]] - q[OUTER[0]]),
                "in 90 %": bool(q[OUTER[0]] <= value <= q[OUTER[1]]),
                "in 50 %": bool(q[INNER[0]] <= value <= q[INNER[1]]),
            }
            for name, mean, q, value in estimated
        ]  # fmt: skip
    return rows


def _assessable(
    community: Community, known: npt.NDArray[np.bool_], truth: Planted
) -> npt.NDArray[np.bool_]:
    """Whether each feature's cells can be assessed, shape (features, capabilities)."""
    of_taxon = dict(zip(community.taxa, known, strict=True))
    nobody = np.zeros(known.shape[1], dtype=bool)
    return np.array([of_taxon.get(name, nobody) for name in truth.taxa])


def page(rows: pd.DataFrame, worlds: int) -> str:
    """Markdown page of coverage and bias, over the shares and by quantity and depth."""
    error = 100 * np.sqrt(0.9 * 0.1 / worlds)
    lines = [HEADER.format(worlds=worlds, error=error, lost=f"{LOST:.0%}")]
    for of, said in ((ASSESSABLE, OWN), (ALL, WHOLE)):
        table = of_cells(rows, of)
        lines += [f"## Of {'the ' if of == ASSESSABLE else ''}{of}", "", said, *_table(table), ""]
        lines += [outside(table, worlds), ""]
    return "\n".join(lines)


def of_cells(rows: pd.DataFrame, of: str) -> pd.DataFrame:
    """Coverage and bias of the shares of some cells: together, then each, and the balance."""
    told = rows[rows["of"] == of].dropna().drop(columns="of")
    shares = told[told["quantity"] != BALANCE].assign(quantity=SHARES)
    return pd.concat([summarise(shares), summarise(told)])


def _table(table: pd.DataFrame) -> list[str]:
    return [
        "| quantity | reads | 90 % interval covers | 50 % interval covers | bias | bias / width |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {row['quantity']} | {row['depth']:,} | {row['in 90 %']:.1%} | {row['in 50 %']:.1%} "
            f"| {row['error']:+.4f} | {row['error'] / row['width']:+.3f} |"
            for row in table.to_dict("records")
        ),
    ]


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

Monte Carlo error of a coverage of 90 %: {error:.1f} points in each row of one quantity. The worlds
are drawn from the model that the estimates assume: this shows that the arithmetic is right, and
not that the world is so.
"""

OWN = """`mean`, `sd`, `q05` to `q95`. What is true of a share is the planted one among the cells of
the sample whose names can be assessed for the capability, read or not; of the balance, the ratio
of two such shares.
"""

WHOLE = """`all_mean`, `all_sd`, `all_q05` to `all_q95`. What is true is the planted share among all
bacterial cells of the sample. Each name that cannot be assessed is taken as a bacterium of an
unknown family.
"""

if __name__ == "__main__":
    main(*sys.argv[1:4])
