"""The metabolites that are predicted, and what biochemistry says about each."""

from __future__ import annotations

from dataclasses import dataclass

DIVERSION = (
    "trp_diversion",
    "indole",
    "tryptamine",
    "indolelactate",
    "indolepropionate",
    "indoleacetate",
)


@dataclass(frozen=True)
class Metabolite:
    """A faecal metabolite.

    Attributes
    ----------
    name : str
    capability : str
        Its untrained predictor: the share of cells that make it. Its coefficient is
        never negative.
    consumers : tuple of str
        Capabilities that use it up. Their coefficients are never positive.
    substrate : str
        Metabolite that it is made from; used where too few cohorts measure the
        metabolite itself. Empty where none is used.
    """

    name: str
    capability: str
    consumers: tuple[str, ...] = ()
    substrate: str = ""


METABOLITES = (
    Metabolite("tryptophan", "trp_synthesis", DIVERSION),
    Metabolite("tryptamine", "tryptamine", substrate="tryptophan"),
    Metabolite("indolelactate", "indolelactate"),
    Metabolite("indolepropionate", "indolepropionate"),
    Metabolite("indoleacetate", "indoleacetate"),
    Metabolite("indole", "indole", substrate="tryptophan"),
    Metabolite("butyrate", "butyrate"),
    Metabolite("deoxycholate", "deoxycholate"),
    Metabolite("kynurenate", "kynurenine"),
    Metabolite("nicotinate", "vitamin_b3"),
)
"""In the order of the report."""

BY_NAME = {metabolite.name: metabolite for metabolite in METABOLITES}
