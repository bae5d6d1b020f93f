"""Whether a functional difference is more than a difference in diversity.

Each headline quantity is compared twice by the contrast's own model: as
configured, and with the Shannon diversity of each sample as a further covariate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.finding import Finding, of_term
from tryptome.compare.ready import Ready, ready
from tryptome.compare.scale import to_scale
from tryptome.compare.selection import Flags
from tryptome.estimate.community import Array

if TYPE_CHECKING:
    import pandas as pd

SHANNON = "Shannon diversity (tryptome)"
"""Name of the covariate, which no metadata have."""

NOTHING = "no difference"
BEYOND = "more than diversity"
WITHIN = "not told apart from diversity"
HIDDEN = "only given diversity"
OPEN = "cannot be estimated"


@dataclass(frozen=True)
class Beside:
    """A contrast, put to functional quantities and to diversity.

    Attributes
    ----------
    name : str
        Of the contrast.
    contrast : mapping
        Fields of :class:`tryptome.config.model.Contrast`.
    metadata : pandas.DataFrame
        ``samples.tsv``, categorical columns marked.
    shannon : ndarray, shape (samples,)
        Shannon diversity; NaN where a sample has no reads.
    subject_column : str or None
    seed : int
    confidence : float
    """

    name: str
    contrast: Mapping[str, Any]
    metadata: pd.DataFrame
    shannon: Array
    subject_column: str | None
    seed: int
    confidence: float

    def unsupported(self, known: Flags) -> str:
        """Say why samples cannot support the contrast, as ``contrasts.tsv`` does; else empty.

        Parameters
        ----------
        known : ndarray of bool, shape (samples,)
        """
        return self._plain.unsupported(known)

    def diversities(self, found: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
        """Compare diversities themselves: rows of ``tests.tsv``.

        Parameters
        ----------
        found : mapping of str to ndarray, shape (samples,)
            ``shannon``, ``observed``.
        """
        for metric, told in ((m, one) for m, v in found.items() for one in self._plain(v)):
            yield {
                "contrast": self.name,
                "term": told.term,
                "metric": metric,
                "test": "contrast",
                "statistic": None if told.estimate is None else told.estimate.effect,
                "p": told.p,
                "units": "" if told.estimate is None else told.estimate.model,
                "samples": len(told.selection),
                "persons": told.selection.persons,
                "left_out": told.selection.left_out,
                "reason": told.reason,
            }

    def quantities(self, means: Mapping[str, Array]) -> Iterator[dict[str, Any]]:
        """Compare quantities with and without diversity: rows of ``beyond_diversity.tsv``.

        Parameters
        ----------
        means : mapping of str to ndarray, shape (samples,)
            Posterior means in the quantity's own unit.
        """
        for quantity, values in means.items():
            outcome = to_scale(quantity, values)
            given = self._held(outcome)
            for one in self._plain(outcome):
                other = of_term(given, one.term)
                yield {
                    "contrast": self.name,
                    "quantity": quantity,
                    "term": one.term,
                    **_numbers(one, "", self.confidence),
                    **_numbers(other, "_given_shannon", self.confidence),
                    "samples": len(other.selection),
                    "persons": other.selection.persons,
                    "verdict": verdict(one, other, 1 - self.confidence),
                    "reason": one.reason or other.reason,
                }

    @cached_property
    def _plain(self) -> Ready:
        return self._find(self.contrast)

    @cached_property
    def _held(self) -> Ready:
        if self.contrast.get("formula"):
            return self._find(
                {**self.contrast, "formula": f"{self.contrast['formula']} + `{SHANNON}`"}
            )
        adjust = [*(self.contrast.get("adjust") or []), SHANNON]
        return self._find({**self.contrast, "adjust": adjust})

    def _find(self, contrast: Mapping[str, Any]) -> Ready:
        texts = ["" if np.isnan(value) else f"{value:.12g}" for value in self.shannon]
        told = self.metadata.assign(**{SHANNON: texts})
        return ready(self.name, contrast, told, self.subject_column, self.seed, permute_large=False)


def _numbers(found: Finding, end: str, confidence: float) -> dict[str, float | None]:
    from scipy.special import stdtrit

    if found.estimate is None:
        return {}
    half = float(stdtrit(found.estimate.df, (1 + confidence) / 2)) * found.estimate.se
    effect = found.estimate.effect
    numbers = {
        "effect": effect,
        "lower": effect - half,
        "upper": effect + half,
        "p": found.p,
    }
    return {f"{key}{end}": value for key, value in numbers.items()}


def verdict(plain: Finding, given: Finding, significant: float) -> str:
    """Say in words how a difference fares once diversity is held.

    Parameters
    ----------
    plain, given : Finding
        Without and with diversity in the model.
    significant : float
        Below which p tells a difference.
    """
    if plain.p is None or given.p is None:
        return OPEN
    before, after = plain.p < significant, given.p < significant
    return {(True, True): BEYOND, (True, False): WITHIN, (False, True): HIDDEN}.get(
        (before, after), NOTHING
    )
