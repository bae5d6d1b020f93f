r"""What a name says about a capability: from sets of reference species to posteriors.

A taxon is a set of reference species, written as whole groups (``f__X``,
``g__Y``, ``s__Z``, joined by ``|``). The cells that carry its name are a
mixture of components: the species named; for a whole genus its reference
species and one that is not in the reference; for an unknown genus of a family
one unknown species. With weights :math:`w` of the components in a community
(equal in expectation, :math:`\omega`), prevalences :math:`p` of the components
(posterior mean :math:`\mu`, variance :math:`v`) and

.. math::

    \theta = \sum_c w_c p_c, \qquad
    \mathrm{E}\,\theta = \sum_c \omega_c \mu_c, \qquad
    \mathrm{Var}\,\theta = \sum_c \mathrm{E}[w_c^2]\, v_c
        + \rho \Big( \sum_c \omega_c \mu_c^2 - (\mathrm{E}\,\theta)^2 \Big),

where :math:`w` is Dirichlet with :math:`\mathrm{E}[w_c^2] = \omega_c^2 + \rho\,
\omega_c (1 - \omega_c)`, and :math:`\rho` is chosen so that
:math:`\mathrm{E}\sum_c w_c^2` is :data:`DOMINANCE`: a genus in a gut is mostly
one or two species.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.annotate.hierarchy import (
    Array,
    Concentrations,
    Counts,
    Hierarchy,
    Index,
    posteriors,
)

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

    from tryptome.knowledge.base import KnowledgeBase

DOMINANCE = 2 / 3
"""Expected sum of squared shares of species within a taxon of a community.

Measured as the read-weighted mean over samples and genera of the sum of squared
shares of sequence variants within a genus (at least 50 reads): 0.66 in 1,866
infant samples (DADA2 variants), 0.43 and 0.42 in two tables of 97 % OTUs, whose
sequencing noise splits species. The largest is taken: it gives the widest
intervals.
"""

BACTERIUM = "d__Bacteria"
"""A bacterium of an unknown family: what the prior says, never an annotation of reads."""

LEVELS = ("species", "genus", "family", "root", "")
"""Ranks of the closest evidence, from near to none."""

NONE = len(LEVELS) - 1

TAIL = 0.05
"""Probability on either side of the printed intervals."""


@dataclass(frozen=True)
class Reference:
    """The knowledge base as arrays, with the posteriors of every group.

    Attributes
    ----------
    capabilities : tuple of str
        In the order of the definitions.
    species, genera, families : dict of str to int
        Positions by name.
    counts : Counts
        Genomes of the base source of each capability; for a capability that is
        the complement of another one, positives and negatives change places.
    hierarchy : Hierarchy
    """

    capabilities: tuple[str, ...]
    species: dict[str, int]
    genera: dict[str, int]
    families: dict[str, int]
    counts: Counts
    hierarchy: Hierarchy


@dataclass(frozen=True)
class Mixtures:
    """What each taxon is a mixture of.

    Components are numbered species first, then genera (for one unknown species
    of each), then families (for one unknown genus of each), then the root.

    Attributes
    ----------
    component : ndarray of int
        Components of the first taxon, then those of the second, and so on.
    start : ndarray of int, shape (taxa + 1,)
        Where each taxon's components start in ``component``.
    members : sparse array of float, shape (taxa, species)
        1 where a reference species is a member of the taxon's set.
    """

    component: Index
    start: Index
    members: scipy.sparse.csr_array


@lru_cache(maxsize=4)
def reference(knowledge: KnowledgeBase) -> Reference:
    """Compute the posteriors of every species, genus and family of a knowledge base."""
    counted = count_genomes(knowledge)
    kappa = _concentrations(knowledge)
    return Reference(
        counted.capabilities,
        counted.species,
        counted.genera,
        counted.families,
        counted.counts,
        posteriors(counted.counts, kappa),
    )


@dataclass(frozen=True)
class Counted:
    """Genomes of the knowledge base by species and capability, with the names of the axes."""

    capabilities: tuple[str, ...]
    species: dict[str, int]
    genera: dict[str, int]
    families: dict[str, int]
    counts: Counts


def count_genomes(knowledge: KnowledgeBase) -> Counted:
    """Count genomes and positives by species, from the base source of each capability."""
    import pandas as pd

    table = knowledge.species
    genus, genera = pd.factorize(table["gtdb_genus"], sort=True)
    family, families = pd.factorize(table["gtdb_family"], sort=True)
    family_of = np.zeros(len(genera), dtype=np.intp)
    family_of[genus] = family
    species = _positions(table["species"])
    genomes, positives = _evidence(knowledge, species)
    return Counted(
        tuple(c.name for c in knowledge.capabilities),
        species,
        _positions(genera),
        _positions(families),
        Counts(genomes, positives, genus.astype(np.intp), family_of, len(families)),
    )


def prevalence(taxa: Sequence[str], knowledge: KnowledgeBase) -> pd.DataFrame:
    """Posterior prevalence of every capability in every taxon.

    Parameters
    ----------
    taxa : sequence of str
        Sets of reference species, for example ``["g__Bacteroides", "s__Blautia obeum"]``.
    knowledge : KnowledgeBase

    Returns
    -------
    DataFrame
        One row a taxon and capability, taxa in the order given: ``taxon``,
        ``capability``, ``mean``, ``sd``, ``q05``, ``q95`` (of a beta with that
        mean and sd), ``genomes``, ``positives``, ``species``,
        ``positive_species`` (of the members of the set, in the base source),
        ``level`` (rank of the closest evidence), ``source``, ``assessable``
        and ``reason``. Values are null where not assessable.

    Raises
    ------
    KeyError
        A taxon names a group that is not in the knowledge base.
    """
    import pandas as pd

    known = reference(knowledge)
    mixtures = mix(taxa, known)
    mean, variance = moments(mixtures, known)
    level = closest_evidence(mixtures, known.counts)
    assessable = level < NONE
    low, high = _interval(mean, variance)
    columns: dict[str, npt.NDArray[Any]] = {
        "mean": np.where(assessable, mean, np.nan),
        "sd": np.where(assessable, np.sqrt(variance), np.nan),
        "q05": np.where(assessable, low, np.nan),
        "q95": np.where(assessable, high, np.nan),
        **_tally(mixtures, known.counts),
        "level": np.array(LEVELS, dtype=object)[level],
        "source": np.tile(_sources(knowledge), (len(taxa), 1)),
        "assessable": assessable,
        "reason": np.where(assessable, "", "the source has no genome of the family"),
    }
    return pd.DataFrame(
        {
            "taxon": np.repeat(np.array(taxa, dtype=object), len(known.capabilities)),
            "capability": np.tile(np.array(known.capabilities, dtype=object), len(taxa)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def mix(taxa: Sequence[str], known: Reference) -> Mixtures:
    """Find the components and the member species of each taxon."""
    import scipy.sparse

    genus, family = known.counts.genus, known.counts.family[known.counts.genus]
    first_genus = len(known.species)
    first_family = first_genus + len(known.genera)
    root = first_family + len(known.families)
    components: list[list[int]] = []
    members: list[list[int]] = []
    for taxon in taxa:
        named: list[int] = []
        unknown: list[int] = []
        inside: list[int] = []
        for part in taxon.split("|"):
            rank, name = part[:3], part[3:]
            if rank == "s__":
                named.append(known.species[name])
            elif rank == "g__":
                number = known.genera[name]
                named.extend(np.flatnonzero(genus == number).tolist())
                unknown.append(first_genus + number)
            elif part == BACTERIUM:
                unknown.append(root)
            else:
                number = known.families[name]
                inside.extend(np.flatnonzero(family == number).tolist())
                unknown.append(first_family + number)
        components.append(named + unknown)
        members.append(sorted(set(named + inside)))
    sizes = [len(m) for m in members]
    rows = np.repeat(np.arange(len(taxa)), sizes)
    return Mixtures(
        np.array([c for row in components for c in row], dtype=np.intp),
        np.cumsum([0, *(len(row) for row in components)]),
        scipy.sparse.csr_array(
            (np.ones(len(rows)), (rows, np.array([m for row in members for m in row], np.intp))),
            shape=(len(taxa), len(known.species)),
        ),
    )


def moments(mixtures: Mixtures, known: Reference) -> tuple[Array, Array]:
    """Mean and variance of each taxon's prevalence.

    Returns
    -------
    mean, variance : ndarray, shape (taxa, capabilities)
    """
    tree = known.hierarchy
    levels = (tree.species, tree.genus, tree.family, tree.root)
    mu = np.vstack([level.mean for level in levels])
    v = np.vstack([level.variance for level in levels])
    evenness = 1 / np.diff(mixtures.start)[:, None]  # sum of squared expected weights
    spread = np.zeros_like(evenness)
    np.divide(DOMINANCE - evenness, 1 - evenness, out=spread, where=evenness < DOMINANCE)
    mean = _average(mu, mixtures)
    own = (evenness + spread * (1 - evenness)) * _average(v, mixtures)
    between = spread * np.maximum(_average(mu**2, mixtures) - mean**2, 0)
    return mean, own + between


def closest_evidence(mixtures: Mixtures, counts: Counts) -> Index:
    """Rank of the closest evidence of each taxon's worst-covered component.

    Returns
    -------
    ndarray of int, shape (taxa, capabilities)
        Position in :data:`LEVELS`.
    """
    covered = counts.genomes > 0
    by_genus = np.zeros((counts.genera, covered.shape[1]), dtype=bool)
    np.logical_or.at(by_genus, counts.genus, covered)
    by_family = np.zeros((counts.families, covered.shape[1]), dtype=bool)
    np.logical_or.at(by_family, counts.family, by_genus)
    family = np.where(by_family, 2, NONE)
    genus = np.where(by_genus, 1, family[counts.family])
    species = np.where(covered, 0, genus[counts.genus])
    root = np.where(by_family.any(axis=0), LEVELS.index("root"), NONE)
    levels = np.vstack([species, genus, family, root])
    return np.maximum.reduceat(levels[mixtures.component], mixtures.start[:-1], axis=0)


def _average(values: Array, mixtures: Mixtures) -> Array:
    """Mean of the components of each taxon, which weigh the same in expectation."""
    total = np.add.reduceat(values[mixtures.component], mixtures.start[:-1], axis=0)
    return np.asarray(total / np.diff(mixtures.start)[:, None])


def _tally(mixtures: Mixtures, counts: Counts) -> dict[str, npt.NDArray[Any]]:
    """Evidence of each taxon's members, taxa x capabilities."""
    tallies = {
        "genomes": counts.genomes,
        "positives": counts.positives,
        "species": counts.genomes > 0,
        "positive_species": counts.positives > 0,
    }
    return {
        name: np.rint(mixtures.members @ values.astype(float)).astype(np.int64)
        for name, values in tallies.items()
    }


def _evidence(knowledge: KnowledgeBase, species: dict[str, int]) -> tuple[Array, Array]:
    """Genomes and positives, species x capabilities, with complements derived."""
    definitions = knowledge.capabilities
    column = {c.name: number for number, c in enumerate(definitions)}
    source = {c.name: c.source for c in definitions}
    rows = knowledge.evidence
    rows = rows[rows["source"] == rows["capability"].map(source)]
    at = (rows["species"].map(species).to_numpy(), rows["capability"].map(column).to_numpy())
    genomes = np.zeros((len(species), len(definitions)))
    positives = np.zeros_like(genomes)
    genomes[at] = rows["genomes"]
    positives[at] = rows["positives"]
    for c in definitions:
        if c.derived_from:
            own, other = column[c.name], column[c.derived_from]
            genomes[:, own] = genomes[:, other]
            positives[:, own] = genomes[:, other] - positives[:, other]
    return genomes, positives


def _sources(knowledge: KnowledgeBase) -> list[str]:
    """Base source of each capability; a complement has that of its counterpart."""
    source = {c.name: c.source or "" for c in knowledge.capabilities}
    return [source[c.derived_from or c.name] for c in knowledge.capabilities]


def _concentrations(knowledge: KnowledgeBase) -> Concentrations:
    """Fitted concentrations; a complement has those of the capability it comes from."""
    fitted = knowledge.hyperparameters
    table = fitted.pivot(index="capability", columns="level", values="concentration")
    names = [c.derived_from or c.name for c in knowledge.capabilities]
    table = table.reindex(names).fillna(table.loc["shared"])
    return Concentrations(*(table[rank].to_numpy(float) for rank in LEVELS[:3]))


def _interval(mean: Array, variance: Array) -> tuple[Array, Array]:
    from scipy.special import betaincinv

    concentration = mean * (1 - mean) / variance - 1
    a, b = mean * concentration, (1 - mean) * concentration
    low, high = betaincinv(a, b, TAIL), betaincinv(a, b, 1 - TAIL)
    return np.asarray(low, dtype=float), np.asarray(high, dtype=float)


def _positions(names: Iterable[str]) -> dict[str, int]:
    return {str(name): number for number, name in enumerate(names)}
