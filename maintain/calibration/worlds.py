r"""Worlds drawn from the model, around real compositions, lineages and genomes.

In each world every capability gets prevalences anew, from root to species, with
the concentrations that were fitted; the reference genomes are drawn from them,
and so are the strains in a sample, one of each species, which have a capability
or have not. The 16S copies of each taxon are drawn too. Some genera are taken
out of what the names of the table resolve to. Reads are multinomial.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tryptome.annotate.hierarchy import Array, Concentrations, Counts, Index
from tryptome.annotate.posterior import DOMINANCE, Mixtures, Reference, mix
from tryptome.knowledge.base import KnowledgeBase

EDGE = 1e-6
KEPT = ("sources.yaml", "species.tsv.gz", "copy_number.tsv.gz", "hyperparameters.tsv", "VERSION")


@dataclass(frozen=True)
class Prevalences:
    """Planted prevalences of the capabilities chosen.

    Attributes
    ----------
    species, genus, family : ndarray, shape (species or genera or families, capabilities)
    root : ndarray, shape (capabilities,)
    """

    species: Array
    genus: Array
    family: Array
    root: Array


def plant(
    rng: np.random.Generator, counts: Counts, root: Array, kappa: Concentrations
) -> Prevalences:
    """Draw prevalences from the root down to the species."""
    family = draw(rng, np.broadcast_to(root, (counts.families, len(root))), kappa.family)
    genus = draw(rng, family[counts.family], kappa.genus)
    return Prevalences(draw(rng, genus[counts.genus], kappa.species), genus, family, root)


def draw(rng: np.random.Generator, mean: Array, concentration: Array) -> Array:
    """Draw members of populations with these means."""
    bounded = np.clip(mean, EDGE, 1 - EDGE)
    return np.clip(rng.beta(bounded * concentration, (1 - bounded) * concentration), EDGE, 1 - EDGE)


def plant_genomes(
    rng: np.random.Generator,
    folder: Path,
    knowledge: KnowledgeBase,
    known: Reference,
    planted: Prevalences,
    names: tuple[str, ...],
) -> KnowledgeBase:
    """Write a knowledge base whose genomes are drawn from the planted prevalences."""
    folder.mkdir(parents=True)
    for name in KEPT:
        shutil.copy(knowledge.folder / name, folder / name)
    _define(knowledge.folder, folder, names)
    sources = {c.name: c.source for c in knowledge.capabilities}
    frames = []
    for number, name in enumerate(names):
        genomes = known.observed.genomes[:, known.capabilities.index(name)].astype(int)
        at = np.flatnonzero(genomes)
        frames.append(
            pd.DataFrame({
                "species": np.array(list(known.species), dtype=object)[at],
                "capability": name,
                "source": sources[name],
                "genomes": genomes[at],
                "positives": rng.binomial(genomes[at], planted.species[at, number]),
            })
        )  # fmt: skip
    table = pd.concat(frames)
    table.to_csv(folder / "evidence.tsv.gz", sep="\t", index=False)
    return KnowledgeBase(folder)


def _define(source: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Define the planted capabilities alone, each by itself, with no literature beside them."""
    import yaml

    entries = yaml.safe_load((source / "capabilities.yaml").read_text(encoding="utf-8"))
    chosen = [entry | {"rule": "planted"} for entry in entries if entry["name"] in names]
    (folder / "capabilities.yaml").write_text(yaml.safe_dump(chosen), encoding="utf-8")
    header = (source / "literature.tsv").read_text(encoding="utf-8").split("\n", 1)[0]
    (folder / "literature.tsv").write_text(header + "\n", encoding="utf-8")


def strains(
    rng: np.random.Generator,
    taxa: tuple[str, ...],
    known: Reference,
    planted: Prevalences,
    kappa: Concentrations,
) -> Array:
    """Share of each taxon's cells in one sample that have each capability.

    Species share the cells of a taxon by Dirichlet weights, as the posterior
    assumes; each has one strain, with the capability or without.

    Returns
    -------
    ndarray, shape (taxa, capabilities)
    """
    mixtures = mix(taxa, known)
    prevalence = _of_components(rng, mixtures, known, planted, kappa)
    has = rng.random(prevalence.shape) < prevalence
    weight = rng.gamma(np.maximum(mixtures.weight * (1 / DOMINANCE - 1), 1e-3))
    start = mixtures.start[:-1]
    total = np.add.reduceat(weight[:, None] * has, start, axis=0)
    return np.asarray(total / np.add.reduceat(weight, start)[:, None])


def _of_components(
    rng: np.random.Generator,
    mixtures: Mixtures,
    known: Reference,
    planted: Prevalences,
    kappa: Concentrations,
) -> Array:
    """Prevalence in each component: of unknown species and genera, one drawn anew."""
    genera, families = len(planted.genus), len(planted.family)
    new_genus = draw(rng, planted.family, kappa.genus)
    every = np.vstack([
        planted.species,
        draw(rng, planted.genus, kappa.species),
        draw(rng, new_genus, kappa.species),
        unknown(rng, planted, kappa, 1),
    ])  # fmt: skip
    assert len(every) == len(known.species) + genera + families + 1
    return every[mixtures.component]


def unknown(
    rng: np.random.Generator, planted: Prevalences, kappa: Concentrations, number: int
) -> Array:
    """Prevalence in species of families that nobody knows."""
    root = np.broadcast_to(planted.root, (number, len(planted.root)))
    return draw(rng, draw(rng, draw(rng, root, kappa.family), kappa.genus), kappa.species)


def take_out(
    rng: np.random.Generator, taxa: npt.NDArray[np.object_], share: float
) -> npt.NDArray[np.bool_]:
    """Choose features whose taxon the knowledge base is made to lack."""
    names = sorted(set(taxa) - {""})
    lost = set(rng.choice(names, size=round(share * len(names)), replace=False))
    return np.array([name in lost for name in taxa])


def positions(known: Reference, names: tuple[str, ...]) -> Index:
    """Columns of the capabilities chosen."""
    return np.array([known.capabilities.index(name) for name in names], dtype=np.intp)
