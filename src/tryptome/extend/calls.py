r"""What a user's genomes can do, and how much an absent gene of an unfinished one says.

A genome of completeness *c* shows a gene that it has with probability *c*. Its
positive call counts as one genome; its negative call counts as *c* of a genome,
so that of *n* genomes of a species, *k* positive,

.. math::

    \text{weight} = k + \sum_{i:\ \text{negative}} c_i \le n

genomes stand behind the species. The likelihood of a negative call,
:math:`1 - c p` for a prevalence *p*, is then replaced by :math:`(1-p)^c`, which
agrees with it where *p* is small. Genes of a pathway often lie side by side and
are lost together, so several missing genes weigh no more than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tryptome.extend.annotations import Annotation
from tryptome.extend.rules import can_be_called, parse
from tryptome.extend.tables import Genome
from tryptome.knowledge.base import Capability

NO_RULE = "no verified rule over KO or EC numbers"
OTHER_NUMBERS = "the annotation has none of the numbers that the rule needs"


@dataclass(frozen=True)
class Call:
    """Whether a genome has a capability.

    Attributes
    ----------
    genome, species, capability : str
    has : bool or None
        None where it cannot be said.
    completeness : float
    reason : str
        Why it cannot be said; else empty.
    """

    genome: str
    species: str
    capability: str
    has: bool | None
    completeness: float
    reason: str


@dataclass(frozen=True)
class Tally:
    """Calls of a species' genomes together.

    Attributes
    ----------
    species, capability : str
    genomes, positives : int
    weight : float
        Genomes that the calls are worth; see above.
    """

    species: str
    capability: str
    genomes: int
    positives: int
    weight: float


def call(
    genome: Genome, species: str, annotation: Annotation, capabilities: Iterable[Capability]
) -> list[Call]:
    """Call every capability that is not derived from another one.

    Parameters
    ----------
    genome : Genome
    species : str
        Where it belongs.
    annotation : Annotation
    capabilities : iterable of Capability

    Returns
    -------
    list of Call
        In the order of the capabilities.
    """
    calls = []
    for capability in capabilities:
        if capability.derived_from:
            continue
        has, reason = _decide(capability.ko_rule, annotation)
        calls.append(Call(genome.name, species, capability.name, has, genome.completeness, reason))
    return calls


def _decide(text: str | None, annotation: Annotation) -> tuple[bool | None, str]:
    if text is None:
        return None, NO_RULE
    rule = parse(text)
    if not can_be_called(rule, annotation.kinds):
        return None, OTHER_NUMBERS
    return rule.holds(annotation.numbers), ""


def tally(calls: Sequence[Call]) -> list[Tally]:
    """Add the calls of each species and capability up, in the order of their first call."""
    grouped: dict[tuple[str, str], list[Call]] = {}
    for each in calls:
        if each.has is not None:
            grouped.setdefault((each.species, each.capability), []).append(each)
    return [
        Tally(
            species,
            capability,
            len(group),
            sum(bool(each.has) for each in group),
            sum(1.0 if each.has else each.completeness for each in group),
        )
        for (species, capability), group in grouped.items()
    ]
