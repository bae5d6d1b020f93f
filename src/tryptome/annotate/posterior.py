r"""What a name says about a capability: from sets of reference species to posteriors.

A taxon is a set of reference species, written as whole groups (``f__X``,
``g__Y``, ``s__Z``, joined by ``|``). The cells that carry its name are a
mixture of components: the species named; for a whole genus its reference
species, and one that is not in the reference with weight
:data:`UNKNOWN_SPECIES`; for an unknown genus of a family one unknown species.
With expected weights :math:`\omega_c` of the components in a community and
their prevalences :math:`p_c` (posterior mean :math:`\mu_c`, variance :math:`v_c`),

.. math::

    \theta = \sum_c w_c p_c, \qquad
    \mathrm{E}\,\theta = \sum_c \omega_c \mu_c, \qquad
    \mathrm{Var}\,\theta = \sum_c \mathrm{E}[w_c^2]\, v_c
        + \rho \Big( \sum_c \omega_c \mu_c^2 - (\mathrm{E}\,\theta)^2 \Big),

where the weights :math:`w` of a community are Dirichlet with
:math:`\mathrm{E}[w_c^2] = \omega_c^2 + \rho\, \omega_c (1 - \omega_c)` and
:math:`\rho` is :data:`DOMINANCE`.

What is known of a family only is an annotation where the family is of one
mind. Where its genera differ, its mean is a base rate and says nothing about
the genus at hand: then the taxon cannot be assessed for that capability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome.annotate.counting import Counted, count_genomes, sources
from tryptome.annotate.hierarchy import (
    Array,
    Concentrations,
    Counts,
    Hierarchy,
    Index,
    posteriors,
)
from tryptome.annotate.literature import stand_in
from tryptome.annotate.unions import cover_parts, parts_of_unions
from tryptome.vocabulary import BACTERIUM

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

    from tryptome.knowledge.base import KnowledgeBase

DOMINANCE = 2 / 3
"""How much one species dominates the cells of a genus, in a community of many.

Measured as the expected sum of squared shares of sequence variants within a
genus (samples with at least 50 reads of it, weighed by reads): 0.66 in 1,866
infant samples (DADA2 variants); 0.43 and 0.42 in two tables of 97 % OTUs, whose
sequencing noise splits species. The largest is taken: it gives the widest
intervals.
"""

UNKNOWN_SPECIES = 0.05
"""Expected share of the cells of a named genus that are of no reference species.

No genus-level table can tell it. It is set after how much of the reads of named
genera belongs to genera outside the reference: 0.1 to 7 % in seven gut cohorts,
4 % in their median.
"""

UNANIMOUS = 0.05
"""A family annotates an unknown genus where this few, or all but this few, are capable."""

FEW_SPECIES = 20
"""A capability with fewer positive species in its source is flagged, and takes a wide prior."""

LEVELS = ("species", "genus", "family", "root", "")
"""Ranks of the closest evidence, from near to none."""

NONE = len(LEVELS) - 1

MIXED_FAMILY = "only its family is known, whose genera differ"
NO_FAMILY = "the source has no genome of its family"
NO_SOURCE = "no genome data can tell it"

TAIL = 0.05
"""Probability on either side of the printed intervals."""


@dataclass(frozen=True)
class Reference(Counted):
    """The knowledge base as arrays, with the posteriors of every group.

    Attributes
    ----------
    hierarchy : Hierarchy
    """

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
    weight : ndarray of float
        Expected share of each component in its taxon.
    start : ndarray of int, shape (taxa + 1,)
        Where each taxon's components start in ``component``.
    members : sparse array of float, shape (taxa, species)
        1 where a reference species is a member of the taxon's set.
    """

    component: Index
    weight: Array
    start: Index
    members: scipy.sparse.csr_array


@lru_cache(maxsize=4)
def reference(knowledge: KnowledgeBase) -> Reference:
    """Compute the posteriors of every species, genus and family of a knowledge base."""
    counted = stand_in(count_genomes(knowledge), knowledge)
    tree = posteriors(counted.counts, concentrations(knowledge))
    covered = cover_parts(tree, parts_of_unions(knowledge.capabilities))
    return Reference(**vars(counted), hierarchy=covered)


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
        ``capability``, ``mean``, ``sd``, ``sample_sd`` (of the share in one
        sample, where a strain has the capability or has not), ``q05``, ``q95``
        (of a beta with that mean and sd), ``genomes``, ``positives``, ``species``,
        ``positive_species`` (of the members of the set, in the base source),
        ``level`` (rank of the closest evidence), ``source``, ``assessable``,
        ``reason``, and ``flag`` where the capability rests on few positive
        species. Values are null where not assessable.

    Raises
    ------
    KeyError
        A taxon names a group that is not in the knowledge base.
    """
    import pandas as pd

    known = reference(knowledge)
    mixtures = mix(taxa, known)
    moment = moments(mixtures, known)
    mean, variance = moment.mean, moment.variance
    level = closest_evidence(mixtures, known.counts)
    unclear = (level == LEVELS.index("family")) & (np.minimum(mean, 1 - mean) > UNANIMOUS)
    assessable = (level < NONE) & ~unclear
    low, high = _interval(mean, variance)
    counted = np.broadcast_to(known.counts.genomes.sum(axis=0) > 0, mean.shape)
    columns: dict[str, npt.NDArray[Any]] = {
        "mean": np.where(assessable, mean, np.nan),
        "sd": np.where(assessable, np.sqrt(variance), np.nan),
        "sample_sd": np.where(assessable, np.sqrt(moment.sample_variance), np.nan),
        "q05": np.where(assessable, low, np.nan),
        "q95": np.where(assessable, high, np.nan),
        **_tally(mixtures, known.observed),
        "level": np.array(LEVELS, dtype=object)[level],
        "source": sources(mixtures.members, known),
        "assessable": assessable,
        "reason": np.select(
            [assessable, unclear, counted],
            ["", MIXED_FAMILY, NO_FAMILY],
            NO_SOURCE,
        ),
        "flag": np.tile(_flags(known.counts), (len(taxa), 1)),
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

    parts = [_parts(taxon, known) for taxon in taxa]
    components = [[c for c, _ in part.components] for part in parts]
    weights = [np.array([w for _, w in part.components]) for part in parts]
    members = [part.members for part in parts]
    rows = np.repeat(np.arange(len(taxa)), [len(m) for m in members])
    return Mixtures(
        np.array([c for row in components for c in row], dtype=np.intp),
        np.concatenate([w / w.sum() for w in weights] or [np.zeros(0)]),
        np.cumsum([0, *(len(row) for row in components)]),
        scipy.sparse.csr_array(
            (np.ones(len(rows)), (rows, np.array([m for row in members for m in row], np.intp))),
            shape=(len(taxa), len(known.species)),
        ),
    )


@dataclass(frozen=True)
class Parts:
    """Components of one taxon with their weights in species, and its member species."""

    components: list[tuple[int, float]]
    members: list[int]


def _parts(taxon: str, known: Reference) -> Parts:
    genus, family = known.counts.genus, known.counts.family[known.counts.genus]
    first_genus = len(known.species)
    first_family = first_genus + len(known.genera)
    components: list[tuple[int, float]] = []
    members: set[int] = set()
    for part in taxon.split("|"):
        rank, name = part[:3], part[3:]
        if rank == "s__":
            inside = [known.species[name]]
            components += [(inside[0], 1.0)]
        elif rank == "g__":
            number = known.genera[name]
            inside = np.flatnonzero(genus == number).tolist()
            components += [(species, 1 - UNKNOWN_SPECIES) for species in inside]
            components += [(first_genus + number, UNKNOWN_SPECIES * len(inside))]
        elif part == BACTERIUM:
            inside = []
            components += [(first_family + len(known.families), 1.0)]
        else:
            number = known.families[name]
            inside = np.flatnonzero(family == number).tolist()
            components += [(first_family + number, 1.0)]
        members.update(inside)
    return Parts(components, sorted(members))


@dataclass(frozen=True)
class Moments:
    """Mean and variances of each taxon, taxa x capabilities.

    Attributes
    ----------
    mean : ndarray
        Expected share of the cells with the name that have the capability.
    variance : ndarray
        Of the prevalence among cells with the name.
    sample_variance : ndarray
        Of the share in one sample, which has one strain of each species, with
        the capability or without.
    """

    mean: Array
    variance: Array
    sample_variance: Array


def moments(mixtures: Mixtures, known: Reference) -> Moments:
    """Mean and variances of each taxon's prevalence."""
    tree = known.hierarchy
    levels = (tree.species, tree.genus, tree.family, tree.root)
    mu = np.vstack([level.mean for level in levels])[mixtures.component]
    v = np.vstack([level.variance for level in levels])[mixtures.component]
    weight = mixtures.weight[:, None]
    expected_square = weight**2 + DOMINANCE * weight * (1 - weight)
    mean = _total(weight * mu, mixtures)
    between = DOMINANCE * np.maximum(_total(weight * mu**2, mixtures) - mean**2, 0)
    return Moments(
        mean,
        _total(expected_square * v, mixtures) + between,
        _total(expected_square * mu * (1 - mu), mixtures) + between,
    )


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


def _total(values: Array, mixtures: Mixtures) -> Array:
    """Sum over the components of each taxon."""
    return np.asarray(np.add.reduceat(values, mixtures.start[:-1], axis=0))


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


def _flags(counts: Counts) -> npt.NDArray[np.object_]:
    """Say which capabilities rest on few positive species."""
    species = (counts.positives > 0).sum(axis=0)
    few = (species < FEW_SPECIES) & counts.genomes.any(axis=0)
    flag = f"fewer than {FEW_SPECIES} positive species in the source"
    return np.where(few, flag, "").astype(object)


def concentrations(knowledge: KnowledgeBase) -> Concentrations:
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
