"""Quantities and the metabolites that they are held against, with the sign to expect."""

from __future__ import annotations

from dataclasses import dataclass

from tryptome.estimate.cofactors import VITAMINS as COFACTORS
from tryptome.estimate.faecal.metabolites import BY_NAME, DIVERSION, METABOLITES

FAECAL = "faecal:"
SHARE = "share:"
BALANCE = "precursor_balance"


@dataclass(frozen=True)
class Pair:
    """A quantity, and what was measured that should follow it.

    Attributes
    ----------
    quantity, metabolite : str
    expected : int
        1 where more of the one should mean more of the other (makers of it), -1 where less
        (those that use it up), and 0 where no sign was stated beforehand.
    """

    quantity: str
    metabolite: str
    expected: int = 1

    @property
    def fitted(self) -> bool:
        """Whether the quantity comes out of a fit on the metabolite."""
        return self.quantity.startswith(FAECAL)


ROUTES = DIVERSION[1:]

VITAMINS = (
    ("vitamin_b1", "thiamin", 1),
    ("vitamin_b2", "riboflavin", 1),
    ("vitamin_b3", "nicotinate", 1),
    ("vitamin_b3", "nicotinamide", 1),
    ("vitamin_b5", "pantothenate", 1),
    ("vitamin_b6", "pyridoxal", 1),
    ("vitamin_b6", "pyridoxamine", 1),
    # A product of breakdown, of which much is the host's.
    ("vitamin_b6", "pyridoxate", 0),
    ("vitamin_b7", "biotin", 1),
    ("vitamin_b9", "folate", 1),
    ("vitamin_b12", "cobalamin", 1),
)
"""Capability, a form of the vitamin, and the sign to expect."""

FITTED = tuple(Pair(FAECAL + m.name, m.name) for m in METABOLITES)

PAIRS = (
    *FITTED,
    *(Pair(SHARE + m.capability, m.name) for m in METABOLITES),
    Pair("share:trp_diversion", "tryptophan", -1),
    Pair("share:indole", "tryptophan", -1),
    Pair(BALANCE, "tryptophan"),
    *(Pair(SHARE + name, form, sign) for name, form, sign in VITAMINS if form not in BY_NAME),
    *(Pair(f"cofactor:{name}", form, sign) for name, form, sign in VITAMINS if name in COFACTORS),
    Pair("share:propionate", "propionate"),
    Pair("share:acetate", "acetate"),
    Pair("host_drive:scfa", "propionate"),
    Pair("host_drive:scfa", "acetate"),
    Pair("share:gaba", "gaba"),
    Pair("share:deoxycholate", "lithocholate"),
    Pair("share:bile_salt_hydrolase", "glycocholate", -1),
    Pair("mass:left", "tryptophan"),
    Pair("mass:excreted", "tryptophan"),
    Pair("mass:diverted", "tryptophan", -1),
    *(Pair(f"mass:diverted:{route}", route) for route in ROUTES),
    # The host makes it, and what bacteria do to that was not stated beforehand.
    Pair("share:trp_synthesis", "serotonin", 0),
    Pair("share:tryptamine", "serotonin", 0),
    Pair(BALANCE, "serotonin", 0),
)
"""All of them, in the order of the page; only ``faecal:`` quantities are fitted."""
