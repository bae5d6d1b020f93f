"""The regression of single taxa on a contrast: what the stage ``compare`` regresses on.

Reads of a person's samples that are alike in what is tested are added up. Where what is
tested varies within persons, each person is a factor of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tryptome.community.asked import Asked, NoTestError, groups_of
from tryptome.community.subset import Codes, balanced
from tryptome.community.units import LEAST, preference, several
from tryptome.compare.design import adds
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse

MOST_PERSONS = 50
"""Most persons that are a factor of their own in the model, evenly spread: ANCOM-BC2 of
scikit-bio takes 0.2 s for each regressor."""

MOST_UNITS = 50_000
"""Most other units that are compared, persons whole and evenly spread: ANCOM-BC2 holds a full
table of them several times over."""


@dataclass(frozen=True)
class Model:
    """Regressors of the units in which taxa are counted.

    Attributes
    ----------
    sums : sparse array, shape (units, all samples)
        1 where a sample's reads are a unit's.
    regressors : pandas.DataFrame, shape (units, regressors)
        Under names that a formula can hold; the tested ones are ``t0``, ``t1``, ….
    terms : tuple of str
        The tested ones in words.
    levels : ndarray of int, shape (units,), or None
        Of one category whose levels are compared with the first, between persons.
    paired : bool
        Whether persons are compared with themselves.
    left_out : int
        Samples of the contrast that are not compared.
    """

    sums: scipy.sparse.csr_array
    regressors: pd.DataFrame
    terms: tuple[str, ...]
    levels: Codes | None
    paired: bool
    left_out: int

    def __len__(self) -> int:
        return len(self.regressors)

    @property
    def formula(self) -> str:
        """All regressors, as scikit-bio takes them."""
        return " + ".join(self.regressors.columns)


def model(told: Asked) -> Model:
    """Lay out the regression of a contrast.

    Parameters
    ----------
    told : Asked

    Raises
    ------
    NoTestError
        A cell of the tested categories has too few units, or units do not tell the terms.
    """
    columns = [one.values for one in told.factors]
    ways = [(told, False)]
    if told.selection.repeats:
        within = several(told.selection.person, *columns)
        ways = [(told.keep(within), True), (told.keep(~within), False)]
    chosen, paired = max(ways, key=lambda way: preference(_fewest(way[0]), way[1]))
    fewest = _fewest(chosen)
    if fewest < LEAST:
        what = "persons" if told.selection.repeats else "samples"
        raise NoTestError(f"a group has {fewest} of at least {LEAST} {what}")
    some = _spread(chosen, MOST_PERSONS if paired else MOST_UNITS)
    return _laid_out(some, paired, len(told) - len(some))


def _fewest(told: Asked) -> int:
    """Persons in the smallest cell of the tested categories; of numbers, all."""
    person = told.selection.person
    categories = [one for one in told.factors if one.levels]
    if not categories:
        return told.selection.persons
    shape = tuple(len(one.levels) for one in categories)
    at = np.ravel_multi_index(tuple(one.values.astype(np.intp) for one in categories), shape)
    cells = np.unique(np.column_stack([person, at]), axis=0)[:, 1]
    return int(np.bincount(cells, minlength=int(np.prod(shape))).min())


def _spread(told: Asked, most: int) -> Asked:
    """Keep fewer persons, evenly spread, of every set of cells alike."""
    if told.selection.persons <= most:
        return told
    person = told.selection.person
    cell = groups_of(*(one.values for one in told.factors if one.levels), np.zeros(len(told)))
    inside = np.zeros((told.selection.persons, cell.max() + 1), dtype=bool)
    inside[person, cell] = True
    kinds = np.unique(inside, axis=0, return_inverse=True)[1].reshape(-1)
    kept = balanced(kinds, np.ones(len(kinds), dtype=np.intp), most)
    return told.keep(kept[person])


def _laid_out(told: Asked, paired: bool, left_out: int) -> Model:
    import scipy.sparse

    person = told.selection.person
    at = np.arange(len(told))
    if told.selection.repeats:
        at = groups_of(person, *(one.values for one in told.factors))
    first = np.unique(at, return_index=True)[1]
    shape = (len(first), told.everything)
    sums = scipy.sparse.csr_array((np.ones(len(told)), (at, told.selection.rows)), shape=shape)
    mean = scipy.sparse.csr_array((1 / np.bincount(at)[at], (at, np.arange(len(told)))))
    nuisance, targets = (np.asarray(mean @ part) for part in (told.nuisance, told.targets))
    regressors = _regressors(nuisance, targets, person[first] if paired else None)
    (factor, *more) = told.factors
    plain = not paired and not more and len(told.terms) == len(factor.levels) - 1
    levels = factor.values[first].astype(np.intp) if plain else None
    return Model(sums, regressors, told.terms, levels, paired, left_out)


def _regressors(nuisance: Array, targets: Array, person: Codes | None) -> pd.DataFrame:
    """Regressors that say something new, persons as a factor; the tested ones must."""
    import pandas as pd

    columns = {f"t{at}": column for at, column in enumerate(targets.T)}
    basis = [np.ones(len(targets))]
    if person is not None:
        basis = list((person[:, None] == np.unique(person)).astype(float).T)
    for at, column in enumerate(nuisance.T):
        if adds(column, basis):
            basis.append(column)
            columns[f"c{at}"] = column
    for column in targets.T:
        if not adds(column, basis):
            raise NoTestError("persons and covariates leave nothing of the contrast to tell")
        basis.append(column)
    if len(basis) >= len(targets):
        raise NoTestError(f"{len(targets)} units are too few for {len(basis)} parameters")
    found = pd.DataFrame(columns)
    return found if person is None else found.assign(person=[f"p{one:06d}" for one in person])
