"""Compare calls by KO rules with curated genomes, on KO lists of 116 gut species; write a page.

The lists (RevEcoR's `gut_microbiome`) are kept out of the knowledge base, so that they check both
the rules by which a user's genomes are called and the evidence itself.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import pandas as pd

from tryptome.atomic import write_text
from tryptome.errors import TryptomeError
from tryptome.extend.annotations import Annotation
from tryptome.extend.calls import NO_RULE, call
from tryptome.extend.placement import Placer
from tryptome.extend.rules import kind, parse
from tryptome.extend.tables import Genome, Organism
from tryptome.knowledge.base import Capability, KnowledgeBase
from tryptome.tables import read_tsv

LISTS = Path("knowledge", "revecor_116_gut_species_ko", "species_ko_long.tsv.gz")
OUTCOMES = ("both", "by KO only", "curated only", "neither", "strains differ")

HEADER = """\
# Calls by KO rules

Written by `maintain/compare_ko_rules.py`. The rules (`ko_rule` in `capabilities.yaml`) by which a
user's genomes are called, applied to the KEGG Orthology lists of {organisms} prevalent gut
organisms in RevEcoR (IMG annotation; no part of the knowledge base), against the curated genomes
of the base source. {matched} of them are matched to a species of the reference: by name, or, since
many have been put into another genus since, as the only species of their phylum with that epithet.
The others are archaea or not in the reference: {unmatched}.

*Both*, *by KO only*, *curated only* and *neither* count organisms whose species has the capability
by the KO list, in all curated genomes, in both or in neither; *strains differ* those whose curated
genomes differ among themselves. *Agreement* is (both + neither) over the first four; *kappa* is
Cohen's, the agreement beyond chance. The genomes are other ones, often of other strains, so that
some disagreement is real. The lists are older than some numbers of the rules; none has {absent},
so that what hangs on these is missed.
"""

NOTE = """
## Not callable

These have no rule over numbers that could be verified, so that no genome of a user is called:
{names}.

## Disagreements by name

"""


def main(folder: str, raw: str, output: str) -> None:
    """Compare the knowledge base in ``folder`` with the lists under ``raw``; write ``output``."""
    knowledge = KnowledgeBase(Path(folder))
    lists = read_tsv(Path(raw) / LISTS).groupby("species")["ko"].agg(frozenset)
    namesakes = Namesakes(knowledge)
    places = {name: namesakes.find(name) for name in lists.index}
    rows = compare(lists, places, knowledge)
    rules = [c for c in knowledge.capabilities if not c.derived_from]
    called = [c for c in rules if c.ko_rule and (rows["capability"] == c.name).any()]
    unmatched = sorted(_words(name) for name, place in places.items() if not place)
    header = HEADER.format(
        organisms=len(lists),
        matched=len(lists) - len(unmatched),
        unmatched=", ".join(unmatched),
        absent=", ".join(absent(lists, called)),
    )
    never = ", ".join(f"`{c.name}`" for c in rules if not c.ko_rule)
    text = [header, table(rows, called), NOTE.format(names=never), disagreements(rows, called)]
    write_text(output, "\n".join(text))


def compare(lists: pd.Series, places: dict[str, str], knowledge: KnowledgeBase) -> pd.DataFrame:
    """Outcome of each organism and capability.

    Parameters
    ----------
    lists : Series
        KO numbers by organism.
    places : dict of str to str
        Species of the reference by organism; empty where there is none.
    knowledge : KnowledgeBase

    Returns
    -------
    DataFrame
        ``organism``, ``capability``, ``outcome`` (one of :data:`OUTCOMES`).
    """
    counts = knowledge.base_evidence.set_index(["species", "capability"])
    share = (counts["positives"] / counts["genomes"]).to_dict()
    rows = []
    for organism, numbers in lists.items():
        species = places[str(organism)]
        genome = Genome(str(organism), Organism(species, "", "", ""), "", "kofamscan", 1.0)
        annotation = Annotation(numbers, frozenset({"ko"}))
        for each in call(genome, species, annotation, knowledge.capabilities):
            curated = share.get((species, each.capability))
            if curated is not None and each.has is not None:
                rows.append((_words(str(organism)), each.capability, _outcome(each.has, curated)))
            elif each.has is None and each.reason != NO_RULE:
                raise ValueError(f"{each.capability} cannot be called by KO alone")
    return pd.DataFrame(rows, columns=["organism", "capability", "outcome"])


def _outcome(has: bool, curated: float) -> str:
    if 0 < curated < 1:
        return "strains differ"
    if has:
        return "both" if curated else "by KO only"
    return "curated only" if curated else "neither"


def table(rows: pd.DataFrame, capabilities: list[Capability]) -> str:
    """Outcomes by capability, as a Markdown table."""
    lines = [
        f"| capability | organisms | {' | '.join(OUTCOMES)} | agreement | kappa |",
        "|---" * (len(OUTCOMES) + 4) + "|",
    ]
    for capability in capabilities:
        count = Counter(rows.loc[rows["capability"] == capability.name, "outcome"])
        cells = [str(count[outcome]) for outcome in OUTCOMES]
        agreement, kappa = scores(*(count[outcome] for outcome in OUTCOMES[:4]))
        lines.append(
            f"| `{capability.name}` | {count.total()} | {' | '.join(cells)} "
            f"| {agreement:.0%} | {kappa} |"
        )
    return "\n".join(lines)


def scores(both: int, ours: int, theirs: int, neither: int) -> tuple[float, str]:
    """Agreement, and Cohen's kappa (a dash where one side says the same of all).

    Examples
    --------
    >>> scores(20, 5, 10, 15)
    (0.7, '0.40')
    """
    total = both + ours + theirs + neither
    agreement = (both + neither) / total
    chance = ((both + ours) * (both + theirs) + (neither + ours) * (neither + theirs)) / total**2
    return agreement, "–" if chance == 1 else f"{(agreement - chance) / (1 - chance):.2f}"


def disagreements(rows: pd.DataFrame, capabilities: list[Capability]) -> str:
    """Organisms on which KO lists and curated genomes disagree, by capability."""
    lines = []
    for capability in capabilities:
        mine = rows[rows["capability"] == capability.name]
        for outcome in ("by KO only", "curated only"):
            names = sorted(mine.loc[mine["outcome"] == outcome, "organism"])
            if names:
                lines.append(f"- `{capability.name}`, {outcome}: {', '.join(names)}.")
    return "\n".join(lines) + "\n"


class Namesakes:
    """Finds the reference species of an organism of the lists."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._placer = Placer(knowledge)
        self._names = knowledge.names
        table = knowledge.species
        phyla = table["gtdb_phylum"].str.replace(r"_[A-Z]+$", "", regex=True)
        stems = table["species"].str.split().str[-1].map(_stem)
        self._by_epithet = table["species"].groupby([phyla, stems]).agg(list).to_dict()

    def find(self, organism: str) -> str:
        """Name its species, or give an empty string."""
        genus, epithet = organism.split("_")[:2]
        name = f"{genus} {epithet}"
        try:
            return self._placer.place([Organism(name, "", "", organism)])[0].species
        except TryptomeError:
            phyla = {meaning.phylum for meaning in self._names.find("ncbi", "genus", genus.lower())}
            found = [self._by_epithet.get((phylum, _stem(epithet)), []) for phylum in phyla]
            species = [each for held in found for each in held]
            return species[0] if len(species) == 1 else ""


def _stem(epithet: str) -> str:
    """Drop the ending, which follows the gender of the genus."""
    return re.sub(r"(?:us|a|um|is|e)$", "", epithet)


def absent(lists: pd.Series, capabilities: list[Capability]) -> list[str]:
    """KO numbers of the rules that no list has, sorted."""
    found = frozenset().union(*lists)
    rules = [parse(c.ko_rule) for c in capabilities if c.ko_rule]
    numbers = {number for rule in rules for gene in rule.genes() for number in gene.numbers}
    return sorted(n for n in numbers - found if kind(n) == "ko")


def _words(organism: str) -> str:
    return organism.replace("_", " ")


if __name__ == "__main__":
    main(*sys.argv[1:])
