"""Which taxa carry a share in each group of samples: means over persons, for large cohorts.

What a taxon contributes to a sample's share is linear, so that the mean of a group is
a weighted sum that parts of the cohort add up to; no row a sample is ever held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tryptome import groups
from tryptome.vocabulary import REST

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.estimate.community import Array, Community
    from tryptome.estimate.shares import Prevalence, Shares

    Codes = npt.NDArray[np.intp]

MOST_SAMPLES = 10_000
"""Samples up to which contributions are given for each sample by default."""

EVERYTHING = ""
"""Name of the group that holds every sample: none of the metadata can be called so."""


def by_group(form: str, samples: int) -> bool:
    """Whether contributions are given by group, for a setting and a number of samples.

    Examples
    --------
    >>> by_group("auto", 10_000), by_group("auto", 10_001), by_group("samples", 10**6)
    (False, True, False)
    """
    return form == "groups" or (form == "auto" and samples > MOST_SAMPLES)


@dataclass(frozen=True)
class Members:
    """The groups of a cohort's samples, and the persons in them.

    Attributes
    ----------
    labels : tuple of str
        Groups in the order of the page; none where all samples are one.
    group, person : ndarray of int, shape (samples,)
        Position of each sample's group among the labels, and number of its person.
    """

    labels: tuple[str, ...]
    group: Codes
    person: Codes

    @classmethod
    def of(
        cls,
        samples: pd.DataFrame,
        columns: Sequence[str],
        contrasts: Mapping[str, Mapping[str, Any]],
        subject_column: str | None,
    ) -> Members:
        """Sort samples into the groups that the page shows.

        Parameters
        ----------
        samples : DataFrame
            ``samples.tsv``.
        columns, contrasts, subject_column
            As for :func:`tryptome.groups.form` and ``persons``.
        """
        shown = groups.form(samples, columns, contrasts)
        labels = tuple(dict.fromkeys(one.label for one in shown.groups))  # two may look alike
        group = np.zeros(len(samples), dtype=np.intp)
        for one in shown.groups:
            group[one.positions] = labels.index(one.label)
        person = groups.persons(samples, subject_column)
        return cls(() if shown.single else labels, group, person)


@dataclass(frozen=True)
class Sums:
    """Weighted sums over samples, by block: all samples, then each group.

    Attributes
    ----------
    parts : ndarray, shape (blocks, taxa, capabilities)
        Of what each taxon contributes.
    shares, weight : ndarray, shape (blocks, capabilities)
        Of the shares, and of the weights themselves.
    """

    parts: Array
    shares: Array
    weight: Array

    @classmethod
    def zero(cls, blocks: int, taxa: int, capabilities: int) -> Sums:
        """Sums over no sample."""
        flat = (blocks, capabilities)
        return cls(np.zeros((blocks, taxa, capabilities)), np.zeros(flat), np.zeros(flat))

    def add(self, other: Sums) -> None:
        """Add the sums over further samples."""
        for name, further in vars(other).items():
            values = getattr(self, name)
            values += further


class Carried:
    """Sums of what each taxon contributes, over the samples of each group.

    Every person counts once in a group and capability, over those of its samples that
    can be assessed.

    Parameters
    ----------
    members : Members
    known : ndarray of bool, shape (samples, capabilities)
        Whether a share is given, of all samples of the cohort.
    taxa : int
        Number of taxa.
    """

    def __init__(self, members: Members, known: npt.NDArray[np.bool_], taxa: int) -> None:
        self._members, self._known = members, known
        self._shape = 1 + len(members.labels), taxa, known.shape[1]
        self._codes = [members.person]
        if members.labels:
            self._codes.append(members.person * len(members.labels) + members.group)
        self._of_person = [_count(codes, known) for codes in self._codes]

    def none(self) -> Sums:
        """Sums over no sample, to add to."""
        return Sums.zero(*self._shape)

    def add(self, sums: Sums, part: slice, community: Community, shares: Shares) -> None:
        """Add the samples of a part of the cohort.

        Parameters
        ----------
        sums : Sums
            What is added to.
        part : slice
            Which samples of the cohort they are.
        community : Community
        shares : Shares
            Of these samples.
        """
        cells, known = community.cells, self._known[part]
        weights = [
            np.where(known, 1 / np.maximum(counts[place[part]], 1), 0)
            for counts, place in self._of_person
        ]
        mean = np.where(known, shares.mean, 0)
        rows = np.arange(len(known))
        _put(sums, 0, cells, weights[0], shares.cells, mean, rows)
        for number in np.unique(self._members.group[part]) if len(weights) > 1 else ():
            rows = np.flatnonzero(self._members.group[part] == number)
            _put(sums, 1 + int(number), cells, weights[1], shares.cells, mean, rows)


def _put(
    sums: Sums, block: int, cells: Any, weights: Array, total: Array, mean: Array, rows: Codes
) -> None:
    weight = weights[rows]
    scaled = np.divide(weight, total[rows], out=np.zeros_like(weight), where=weight > 0)
    sums.parts[block] += cells[rows].T @ scaled
    sums.shares[block] += (weight * mean[rows]).sum(axis=0)
    sums.weight[block] += weight.sum(axis=0)


def carried_by_group(
    sums: Sums, labels: Sequence[str], taxa: Sequence[str], prevalence: Prevalence, *, cover: float
) -> pd.DataFrame:
    """List the taxa that carry each share in each group.

    Parameters
    ----------
    sums : Sums
        Over all samples.
    labels : sequence of str
        Of the groups.
    taxa : sequence of str
    prevalence : Prevalence
        For these taxa.
    cover : float
        Least part of each group's share that named taxa make up.

    Returns
    -------
    DataFrame
        ``group`` (empty for all samples), ``taxon``, ``quantity``, ``mean``, ``share`` (of
        the quantity in the group). A taxon that one group names is named in each that has
        it; the row :data:`REST` holds all others, so that the rows add up to the mean.
    """
    import pandas as pd

    names = np.array([*taxa, REST], dtype=object)
    groups_named = (EVERYTHING, *labels)
    tables = []
    with np.errstate(invalid="ignore"):
        parts = sums.parts / sums.weight[:, None] * prevalence.mean
        whole = sums.shares / sums.weight
    for column, capability in enumerate(prevalence.capabilities):
        given = np.flatnonzero(sums.weight[:, column] > 0)
        chosen = _named(parts[given, :, column], whole[given, column], cover)
        for block in given:
            taxon, mean = _rows(parts[block, :, column], whole[block, column], chosen)
            frame = {"group": groups_named[block], "taxon": names[taxon]}
            frame |= {"quantity": f"share:{capability}", "mean": mean}
            tables.append(pd.DataFrame(frame).assign(share=mean / whole[block, column]))
    return _joined(tables)


def _count(codes: Codes, known: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], Codes]:
    """Assessable samples of each person (in a group) by capability, and where each sample's are."""
    people, place = np.unique(codes, return_inverse=True)
    counts = np.zeros((len(people), known.shape[1]), dtype=np.int32)
    for column in range(known.shape[1]):
        counts[:, column] = np.bincount(place, known[:, column], minlength=len(people))
    return counts, place


def _named(parts: Array, whole: Array, cover: float) -> Codes:
    """Taxa that are among the fewest that cover the share of one of the groups."""
    order = np.argsort(-parts, axis=1, kind="stable")
    ordered = np.take_along_axis(parts, order, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    kept = (before < cover * whole[:, None]) & (ordered > 0)
    return np.unique(order[kept])


def _rows(parts: Array, whole: float, chosen: Codes) -> tuple[Codes, Array]:
    """Taxa of one group by falling contribution, then what is left."""
    here = chosen[parts[chosen] > 0]
    taxon = here[np.argsort(-parts[here], kind="stable")]
    rest = max(whole - parts[taxon].sum(), 0.0)
    return np.append(taxon, len(parts)), np.append(parts[taxon], rest)


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    if not tables:
        empty = pd.DataFrame(columns=["group", "taxon", "quantity", "mean", "share"])
        return empty.astype({"mean": float, "share": float})
    return pd.concat(tables, ignore_index=True)
