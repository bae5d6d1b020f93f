"""The choices behind a number, and the sets of them that are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product

RANKS = ("species", "genus", "family")
"""Ranks to which names are taken; at species rank each stays as it was resolved."""

FILTERS = (0.0, 0.1)
"""Least share of samples in which a taxon must occur to be counted."""

EVERYTHING = "all"
CLOSE = "close"
"""Only names with evidence of their own species or genus: none rests on its family alone."""

MAIN = "main"

Adjustment = tuple[bool, str]
"""Whether covariates are in the model, and one that is not."""


@dataclass(frozen=True)
class Choices:
    """One set of choices.

    Attributes
    ----------
    copy_number : bool
        Whether reads are divided by 16S copies.
    rank : str
        One of :data:`RANKS`.
    evidence : str
        :data:`EVERYTHING`, :data:`CLOSE`, or a name of
        :func:`tryptome.sensitivity.evidence.variants`.
    min_prevalence : float
        Least share of samples in which a taxon must occur.
    left_out : str
        Taxon that is left out; empty where none is.
    covariates : bool
        Whether the contrast's covariates are in the model.
    without_covariate : str
        One of them that is not; empty where all or none are.
    """

    copy_number: bool
    rank: str = RANKS[0]
    evidence: str = EVERYTHING
    min_prevalence: float = FILTERS[0]
    left_out: str = ""
    covariates: bool = True
    without_covariate: str = ""

    def changed(self, main: Choices) -> dict[str, str]:
        """Choices that differ from the main ones, as text.

        Examples
        --------
        >>> Choices(False, rank="genus").changed(Choices(True))
        {'copy_number': 'false', 'rank': 'genus'}
        """
        names = [field.name for field in fields(self)]
        return {
            name: _text(getattr(self, name))
            for name in names
            if getattr(self, name) != getattr(main, name)
        }

    def name(self, main: Choices) -> str:
        """Id of the specification: its changed choices, or ``main``.

        Examples
        --------
        >>> Choices(False, rank="genus").name(Choices(True))
        'copy_number=false; rank=genus'
        """
        told = [f"{key}={value}" for key, value in self.changed(main).items()]
        return "; ".join(told) or MAIN

    @property
    def of_estimate(self) -> Choices:
        """The choices that the estimates rest on: all but the covariates."""
        return replace(self, covariates=True, without_covariate="")

    @property
    def of_model(self) -> Adjustment:
        """The choices that the contrast's model rests on."""
        return self.covariates, self.without_covariate


def _text(value: bool | str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def specifications(
    main: Choices, evidence: Sequence[str], taxa: Sequence[str], *, covariates: Sequence[str]
) -> Iterator[Choices]:
    """Sets of choices to try, the main one first.

    Copy numbers, rank, closeness of evidence, filter, and all covariates or none, are crossed.
    A source, a taxon or one of several covariates is left out one at a time, everything else
    as in the main.

    Parameters
    ----------
    main : Choices
        As configured.
    evidence : sequence of str
        Names of the variants of the evidence.
    taxa : sequence of str
        Taxa to leave out.
    covariates : sequence of str
        Covariates that can be dropped.

    Yields
    ------
    Choices
        Each once.

    Examples
    --------
    >>> len(list(specifications(Choices(True), ["without literature"], ["g__A"], covariates=())))
    26
    """
    crossed = product(
        (main.copy_number, not main.copy_number),
        RANKS,
        (EVERYTHING, CLOSE),
        FILTERS,
        (True, False) if covariates else (True,),
    )
    for copies, rank, close, least, adjusted in crossed:
        yield Choices(copies, rank, close, least, covariates=adjusted)
    for name in evidence:
        yield replace(main, evidence=name)
    for taxon in taxa:
        yield replace(main, left_out=taxon)
    for name in covariates if len(covariates) > 1 else ():
        yield replace(main, without_covariate=name)
