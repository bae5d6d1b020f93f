r"""Prevalence of a capability in species, genera and families, as posteriors.

The model is a hierarchical beta-binomial. With :math:`k_s` of :math:`n_s`
genomes of species *s* (in genus *g* of family *f*) having a capability,

.. math::

    k_s \sim \mathrm{Binomial}(n_s, p_s), \quad
    p_s \sim \mathrm{Beta}(m_g, \kappa_1), \quad
    m_g \sim \mathrm{Beta}(m_f, \kappa_2), \quad
    m_f \sim \mathrm{Beta}(m_0, \kappa_3),

where :math:`\mathrm{Beta}(m, \kappa)` has mean *m* and concentration
:math:`\kappa` (parameters :math:`m\kappa` and :math:`(1-m)\kappa`). Species
weigh, not genomes: given the mean of its genus, a species with *n* genomes is
worth :math:`n(\kappa_1+1)/(n+\kappa_1)` independent genomes, which never
exceeds :math:`\kappa_1+1`; the same holds one level up for genera, and for
families. Each level is moment-matched to a beta distribution, so that
everything is closed-form and all capabilities are computed at once.

A group never informs its own prior: the prior of a species comes from its
genus without it, that of a genus from its family without it, and that of a
family from the other families.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

ROOT_PRIOR = 0.5
"""Pseudo-counts of either sign at the root (Jeffreys)."""

TINY = 1e-9


@dataclass(frozen=True)
class Beta:
    """Beta distributions by mean and variance.

    Attributes
    ----------
    mean, variance : ndarray of float
        Same shape; ``0 < variance < mean * (1 - mean)``.
    """

    mean: Array
    variance: Array

    @property
    def concentration(self) -> Array:
        """Sum of the two parameters of each distribution."""
        return self.mean * (1 - self.mean) / self.variance - 1

    def child(self, concentration: Array) -> Beta:
        """Predict one member of a population that has this mean.

        The member's prevalence is ``Beta(mean, concentration)`` given the
        mean, so the total variance is that of the mean, plus what members
        vary about it.
        """
        within = (self.mean * (1 - self.mean) - self.variance) / (concentration + 1)
        return Beta(self.mean, self.variance + within)

    def observe(self, successes: Array, trials: Array) -> Beta:
        """Update with (effective) binomial counts."""
        prior = self.concentration
        total = prior + trials
        mean = np.clip((self.mean * prior + successes) / total, TINY, 1 - TINY)
        return Beta(mean, mean * (1 - mean) / (total + 1))


def effective(trials: Array, concentration: Array) -> Array:
    """Independent trials that a beta-binomial count is worth about its mean.

    Parameters
    ----------
    trials : ndarray
        Number of trials *n*.
    concentration : ndarray
        Concentration of the beta distribution.

    Returns
    -------
    ndarray
        ``n (c + 1) / (n + c)``: *n* where the concentration is infinite, 1 where
        it is 0.

    Examples
    --------
    >>> round(float(effective(np.array(155.0), np.array(0.25))), 3)
    1.248
    """
    return trials * (concentration + 1) / (trials + concentration)


@dataclass(frozen=True)
class Counts:
    """Genomes with and without each capability, and the tree above the species.

    Attributes
    ----------
    genomes, positives : ndarray of float, shape (species, capabilities)
    genus : ndarray of int, shape (species,)
        Genus of each species.
    family : ndarray of int, shape (genera,)
        Family of each genus.
    families : int
        Number of families.
    """

    genomes: Array
    positives: Array
    genus: Index
    family: Index
    families: int

    @property
    def genera(self) -> int:
        """Number of genera."""
        return len(self.family)


@dataclass(frozen=True)
class Concentrations:
    """Concentrations of species in a genus, genera in a family, families at the root.

    Attributes
    ----------
    species, genus, family : ndarray of float, shape (capabilities,)
    """

    species: Array
    genus: Array
    family: Array


@dataclass(frozen=True)
class Hierarchy:
    """Posteriors of one set of counts.

    Attributes
    ----------
    species : Beta, shape (species, capabilities)
        Prevalence in each reference species, given its own genomes.
    unseen_species : Beta, shape (species, capabilities)
        The same as if the species had no genomes: what its relatives say.
    genus : Beta, shape (genera, capabilities)
        Prevalence in a species of the genus that is not named further.
    unseen_genus : Beta, shape (genera, capabilities)
        The same as if the genus had no genomes: what the rest of its family says.
    family : Beta, shape (families, capabilities)
        Prevalence in a species of an unknown genus of the family.
    root : Beta, shape (capabilities,)
        Prevalence in a species of an unknown family.
    """

    species: Beta
    unseen_species: Beta
    genus: Beta
    unseen_genus: Beta
    family: Beta
    root: Beta


def posteriors(counts: Counts, kappa: Concentrations) -> Hierarchy:
    """Compute the posteriors of every species, genus and family.

    Parameters
    ----------
    counts : Counts
    kappa : Concentrations

    Returns
    -------
    Hierarchy
    """
    trials_s = effective(counts.genomes, kappa.species)
    hits_s = trials_s * _fraction(counts.positives, counts.genomes)
    trials_g = _sum_by(counts.genus, trials_s, counts.genera)
    hits_g = _sum_by(counts.genus, hits_s, counts.genera)
    worth_g = effective(trials_g, kappa.genus)
    part_g = worth_g * _fraction(hits_g, trials_g)
    trials_f = _sum_by(counts.family, worth_g, counts.families)
    hits_f = _sum_by(counts.family, part_g, counts.families)
    worth_f = effective(trials_f, kappa.family)
    part_f = worth_f * _fraction(hits_f, trials_f)

    root = _root(part_f.sum(axis=0), worth_f.sum(axis=0))
    family_prior = _root(part_f.sum(axis=0) - part_f, worth_f.sum(axis=0) - worth_f).child(
        kappa.family
    )
    family = family_prior.observe(hits_f, trials_f)

    above = Beta(family_prior.mean[counts.family], family_prior.variance[counts.family])
    without_g = above.observe(hits_f[counts.family] - part_g, trials_f[counts.family] - worth_g)
    genus_prior = without_g.child(kappa.genus)
    genus = genus_prior.observe(hits_g, trials_g)

    above = Beta(genus_prior.mean[counts.genus], genus_prior.variance[counts.genus])
    without_s = above.observe(hits_g[counts.genus] - hits_s, trials_g[counts.genus] - trials_s)
    species_prior = without_s.child(kappa.species)
    return Hierarchy(
        species=species_prior.observe(counts.positives, counts.genomes),
        unseen_species=species_prior,
        genus=genus.child(kappa.species),
        unseen_genus=genus_prior.child(kappa.species),
        family=family.child(kappa.genus).child(kappa.species),
        root=root.child(kappa.family).child(kappa.genus).child(kappa.species),
    )


def log_predictive(counts: Counts, kappa: Concentrations) -> Array:
    """Log probability of each species' genomes, predicted with the species left out.

    Parameters
    ----------
    counts : Counts
    kappa : Concentrations

    Returns
    -------
    ndarray, shape (species, capabilities)
        Beta-binomial log probabilities, without the binomial coefficient; 0
        where a species has no genomes.
    """
    from scipy.special import betaln

    prior = posteriors(counts, kappa).unseen_species
    a = prior.mean * prior.concentration
    b = (1 - prior.mean) * prior.concentration
    negatives = counts.genomes - counts.positives
    return np.asarray(betaln(a + counts.positives, b + negatives) - betaln(a, b))


def _root(hits: Array, trials: Array) -> Beta:
    total = trials + 2 * ROOT_PRIOR
    mean = (np.maximum(hits, 0) + ROOT_PRIOR) / total
    return Beta(mean, mean * (1 - mean) / (total + 1))


def _fraction(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _sum_by(group: Index, values: Array, groups: int) -> Array:
    total = np.zeros((groups, values.shape[1]))
    np.add.at(total, group, values)
    return total
