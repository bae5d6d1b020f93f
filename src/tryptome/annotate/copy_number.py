r"""16S rRNA gene copies per genome of each taxon, as a log-normal.

Species of a genus differ in their copies, and a name may stand for several
species. With components (named species, or an unknown species of a genus or
family) of log-mean :math:`\mu_c` and log-sd :math:`\sigma_c`, a taxon has

.. math::

    \mu = \overline{\mu_c}, \qquad
    \sigma^2 = \overline{\sigma_c^2} + \overline{(\mu_c - \mu)^2},

where a group of mean *m* and sd *s* gives :math:`\sigma_c^2 = \ln(1 + s^2/m^2)`
and :math:`\mu_c = \ln m - \sigma_c^2/2`. A group without data takes those of
the next rank above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.knowledge.base import KnowledgeBase

MIN_LOG_SD = 0.1
"""Least log-sd: copies of the same species differ between assemblies and strains."""

Z95 = 1.6448536269514722
"""95 % quantile of the standard normal distribution."""

RANKS = {"s__": "species", "g__": "genus", "f__": "family", "d__": "root"}
ORDER = tuple(RANKS.values())


def copies(taxa: Sequence[str], knowledge: KnowledgeBase) -> pd.DataFrame:
    """Estimate the 16S copies per genome of each taxon.

    Parameters
    ----------
    taxa : sequence of str
        Sets of reference species, for example ``["g__Bacteroides"]``.
    knowledge : KnowledgeBase

    Returns
    -------
    DataFrame
        ``taxon``, ``mean`` (copies per genome), ``log_sd``, ``q05``, ``q95``
        (of the log-normal), ``genomes`` and ``level`` (coarsest rank whose data
        were used).
    """
    import pandas as pd

    finder = _Finder(knowledge)
    rows = [_mixture(taxon, finder) for taxon in taxa]
    frame = pd.DataFrame(rows, columns=["mean", "log_sd", "genomes", "level"])
    frame.insert(0, "taxon", list(taxa))
    median = frame["mean"] * np.exp(-(frame["log_sd"] ** 2) / 2)
    for place, (name, z) in enumerate({"q05": -Z95, "q95": Z95}.items(), start=3):
        frame.insert(place, name, median * np.exp(z * frame["log_sd"]))
    return frame


class _Finder:
    """Finds the copies of a group, or those of the next rank above it that has data."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        table = knowledge.copy_number
        keys = zip(table["rank"], table["taxon"], strict=True)
        values = zip(table["mean"], table["sd"], table["genomes"], strict=True)
        self._rows = dict(zip(keys, values, strict=True))
        species = knowledge.species
        self._genus_of = dict(zip(species["species"], species["gtdb_genus"], strict=True))
        self._family_of = dict(zip(species["gtdb_genus"], species["gtdb_family"], strict=True))
        self._root = next(v for (rank, _), v in self._rows.items() if rank == "root")

    def find(self, rank: str, name: str) -> tuple[float, float, int, str]:
        """Mean, sd, genomes and rank of the closest group with data.

        A group of one species has no sd of its own: that of the rank above,
        relative to the mean, stands in.
        """
        chain = self._chain(rank, name)
        at = next((k for k, key in enumerate(chain) if key in self._rows), None)
        if at is None:
            return (*self._root, "root")
        mean, sd, genomes = self._rows[chain[at]]
        if np.isnan(sd):
            sd = mean * self._relative_sd(chain[at + 1 :])
        return mean, sd, genomes, chain[at][0]

    def _chain(self, rank: str, name: str) -> list[tuple[str, str]]:
        if rank == "root":
            return []
        genus = self._genus_of[name] if rank == "species" else name
        family = self._family_of[genus] if rank != "family" else name
        chain = [("species", name), ("genus", genus), ("family", family)]
        return chain[ORDER.index(rank) :]

    def _relative_sd(self, chain: Sequence[tuple[str, str]]) -> float:
        candidates = [self._rows[key] for key in chain if key in self._rows] + [self._root]
        return float(next(sd / mean for mean, sd, _ in candidates if not np.isnan(sd)))


def _mixture(taxon: str, finder: _Finder) -> tuple[float, float, int, str]:
    found = [finder.find(RANKS[part[:3]], part[3:]) for part in taxon.split("|")]
    mean = np.array([f[0] for f in found])
    within = np.log1p((np.array([f[1] for f in found]) / mean) ** 2)
    center = np.log(mean) - within / 2
    variance = max(within.mean() + center.var(), MIN_LOG_SD**2)
    level = max((f[3] for f in found), key=ORDER.index)
    total = float(np.exp(center.mean() + variance / 2))
    return total, float(np.sqrt(variance)), sum(f[2] for f in found), level
