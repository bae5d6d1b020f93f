"""What single samples need to know of their whole cohort: medians, ranks, who is looked at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tryptome.atomic import whole_folder
from tryptome.estimate.cohort import Cohort
from tryptome.estimate.community import Positions
from tryptome.estimate.faecal.block import Among
from tryptome.estimate.faecal.model import Model
from tryptome.estimate.faecal.ranks import Summary
from tryptome.estimate.mass.budget import spread_evenly
from tryptome.estimate.mass.scenario import Reference, assessable, scenario_shares
from tryptome.estimate.shares import mask

ORDERED, KNOWN, REST = "ordered.npy", "known.npy", "rest.npz"
"""Files of a survey that is saved."""


@dataclass(frozen=True)
class Survey:
    """Summaries of a cohort, from a first pass over its samples.

    Attributes
    ----------
    reference : Reference
        Its median community.
    among : Among
        The values among which predicted metabolites are ranked.
    known : ndarray of bool, shape (samples, capabilities)
        Whether each share is given.
    divided : ndarray of int
        Positions of the samples whose uncertainty is divided by source.
    """

    reference: Reference
    among: Among
    known: npt.NDArray[np.bool_]
    divided: Positions

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the summaries into a folder, whole or not at all.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        ordered, reference = self.among.features.ordered, self.reference
        with whole_folder(folder) as partial:
            np.save(partial / ORDERED, np.concatenate([*ordered, np.empty(0)]))
            np.save(partial / KNOWN, self.known)
            np.savez(
                partial / REST,
                lengths=[len(values) for values in ordered],
                samples=self.among.samples,
                mean=reference.mean,
                variance=reference.variance,
                divided=self.divided,
            )

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Survey:
        """Read what :meth:`save` wrote; arrays that grow with the cohort stay in their files."""
        place = Path(folder)
        ordered = np.load(place / ORDERED, mmap_mode="r")
        with np.load(place / REST) as rest:
            ends = np.cumsum(rest["lengths"])
            return cls(
                Reference(rest["mean"], rest["variance"]),
                Among(int(rest["samples"]), Summary(tuple(np.split(ordered, ends)[:-1]))),
                np.load(place / KNOWN, mmap_mode="r"),
                rest["divided"],
            )


def survey(cohort: Cohort, model: Model) -> Survey:
    """Pass over all samples once.

    Some 500 bytes of each are held: the model's features, and the shares of the scenario.

    Parameters
    ----------
    cohort : Cohort
    model : Model
        Whose features are ranked.

    Returns
    -------
    Survey
    """
    values = np.empty((len(model.features), cohort.samples))
    known = np.empty((cohort.samples, len(cohort.prevalence.capabilities)), dtype=bool)
    told, shares = [], []
    for part, one in cohort.parts():
        values[:, part] = one.features.columns(model.features).T
        known[part] = ~np.isnan(mask(one.shares, cohort.least).mean)
        own = scenario_shares(cohort.prevalence, one.shares)
        told.append(assessable(own, cohort.least))
        shares.append(np.stack([own.mean[told[-1]], own.all_variance[told[-1]]]))
    return Survey(
        Reference.between(*np.concatenate(shares, axis=1)),
        Among(cohort.samples, Summary.sorting(values)),
        known,
        spread_evenly(np.flatnonzero(np.concatenate(told))),
    )
