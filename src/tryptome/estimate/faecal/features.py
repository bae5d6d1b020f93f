"""What the model sees of a sample: shares of capabilities and families, and diversity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tryptome.estimate.community import Array

SHANNON = "shannon"
FAMILY = "family:"
SHARE = "share:"

WITHOUT = ("trp_auxotrophy",)
"""Capabilities that repeat another one."""


@dataclass(frozen=True)
class Features:
    """Features of samples, before they are ranked.

    Attributes
    ----------
    names : tuple of str
        ``share:<capability>``, ``shannon`` and ``family:<GTDB family>``.
    values : ndarray, shape (samples, features)
        NaN where a feature cannot be assessed in a sample.
    """

    names: tuple[str, ...]
    values: Array

    def columns(self, names: Sequence[str]) -> Array:
        """Values of some features; NaN where this cohort has none of a capability.

        A family that no sample holds has a share of zero.
        """
        position = {name: number for number, name in enumerate(self.names)}
        out = np.full((len(self.values), len(names)), np.nan)
        for column, name in enumerate(names):
            if name in position:
                out[:, column] = self.values[:, position[name]]
            elif name.startswith(FAMILY):
                out[:, column] = 0
        return out


@dataclass(frozen=True)
class Families:
    """Families of the reference that a cohort's taxa are in.

    Attributes
    ----------
    names : tuple of str
        Sorted.
    indicator : sparse array, shape (taxa, families)
        1 where the taxon is in the family.
    """

    names: tuple[str, ...]
    indicator: Any

    @classmethod
    def of(cls, taxa: Sequence[str], lineage: Mapping[str, str] | None = None) -> Families:
        """Look taxa up, by default among the families of the knowledge base."""
        import scipy.sparse

        known = reference_families() if lineage is None else lineage
        of_taxon = [family_of(taxon, known) for taxon in taxa]
        names = tuple(sorted(set(of_taxon)))
        position = {family: number for number, family in enumerate(names)}
        group = np.array([position[family] for family in of_taxon], dtype=np.intp)
        ones = (np.ones(len(taxa)), (np.arange(len(taxa)), group))
        return cls(names, scipy.sparse.csr_array(ones, shape=(len(taxa), len(names))))

    def shares(self, cells: Any, total: Array) -> Array:
        """Share of the resolved cells in each family; NaN where a sample has none.

        Parameters
        ----------
        cells : sparse array, shape (samples, taxa)
        total : ndarray, shape (samples, 1)

        Returns
        -------
        ndarray, shape (samples, families)
        """
        import scipy.sparse

        product = scipy.sparse.csr_array(cells) @ self.indicator
        summed = np.asarray(product.toarray(), dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(summed / np.where(total > 0, total, np.nan))


def features(
    capabilities: Sequence[str], shares: Array, families: Families, cells: Any
) -> Features:
    """Assemble the features of samples.

    Parameters
    ----------
    capabilities : sequence of str
    shares : ndarray, shape (samples, capabilities)
        Share of cells with each capability; NaN where not assessable.
    families : Families
        Of the taxa of ``composition.biom``.
    cells : sparse array, shape (samples, taxa)
        Cell-equivalents.

    Returns
    -------
    Features
    """
    kept = [number for number, name in enumerate(capabilities) if name not in WITHOUT]
    total = np.asarray(cells.sum(axis=1), dtype=float).reshape(-1, 1)
    names = [
        *(SHARE + capabilities[number] for number in kept),
        SHANNON,
        *(FAMILY + family for family in families.names),
    ]
    values = np.column_stack(
        [shares[:, kept], shannon(cells, total), families.shares(cells, total)]
    )
    return Features(tuple(names), values)


def shannon(cells: Any, total: Array) -> Array:
    """Shannon diversity (nats) of the resolved taxa; NaN where there are none."""
    logs = cells.copy().astype(float)
    logs.data = np.where(logs.data > 0, logs.data * np.log(np.maximum(logs.data, 1e-300)), 0)
    weighted = np.asarray(logs.sum(axis=1), dtype=float).reshape(-1, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Array = np.where(total > 0, np.log(total) - weighted / total, np.nan)
    return out[:, 0]


def reference_families() -> dict[str, str]:
    """Family of each genus (``g__…``) and species (``s__…``) of the knowledge base."""
    from tryptome.knowledge.base import load

    species = load().species
    genera = zip("g__" + species["gtdb_genus"], species["gtdb_family"], strict=True)
    named = zip("s__" + species["species"], species["gtdb_family"], strict=True)
    return {**dict(genera), **dict(named)}


def family_of(taxon: str, lineage: Mapping[str, str]) -> str:
    """Family of a taxon; all of them, sorted and joined, where it spans several.

    Examples
    --------
    >>> family_of("f__B|g__Y", {"g__Y": "A"})
    'A|B'
    >>> family_of("s__a user's own", {})
    '?'
    """
    parts = taxon.split("|")
    found = {p[3:] if p.startswith("f__") else lineage.get(p, "?") for p in parts}
    return "|".join(sorted(found))
