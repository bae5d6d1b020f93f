"""Variants of the knowledge base: each source left out, or another one in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tryptome.annotate.literature import NAME as LITERATURE
from tryptome.knowledge.base import Capability, KnowledgeBase

if TYPE_CHECKING:
    import pandas as pd

COUNTS = "counts"
"""Of a source whose absences mean something, so that it can stand by itself."""


@dataclass(frozen=True, eq=False)
class Variant(KnowledgeBase):
    """A knowledge base of some capabilities, with other evidence.

    Attributes
    ----------
    whole : KnowledgeBase
        What it is a variant of.
    kept : tuple of str
        Capabilities that it holds.
    without : str
        Source that is left out; empty where none is.
    instead : mapping of str to str
        Source of a capability, where it is another than its base source.
    """

    whole: KnowledgeBase
    kept: tuple[str, ...]
    without: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)

    # Posteriors are cached by this very object.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def capabilities(self) -> tuple[Capability, ...]:
        """The capabilities kept, each with the source that it has here."""
        return tuple(
            replace(c, source=self.instead.get(c.name, c.source))
            for c in self.whole.capabilities
            if c.name in self.kept
        )

    @cached_property
    def species(self) -> pd.DataFrame:
        """Reference species."""
        return self.whole.species

    @cached_property
    def literature(self) -> pd.DataFrame:
        """Statements of experiments on the capabilities kept; none where they are left out."""
        table = self.whole.literature
        if self.without == LITERATURE:
            return table.iloc[:0]
        return table[table["capability"].isin(self.kept)]

    @cached_property
    def base_evidence(self) -> pd.DataFrame:
        """Counts that posteriors rest on here."""
        import pandas as pd

        rows = self.whole.base_evidence
        base = {c.name: c.source for c in self.whole.capabilities}
        moved = rows["capability"].isin(self.instead) & (
            rows["source"] == rows["capability"].map(base)
        )
        inside = rows["capability"].isin(self.kept) & (rows["source"] != self.without)
        return pd.concat([rows[inside & ~moved], self._other_counts], ignore_index=True)

    @cached_property
    def _other_counts(self) -> pd.DataFrame:
        """Counts of the sources that stand in for base sources."""
        rows = self.whole.evidence
        rows = rows[rows["source"] == rows["capability"].map(self.instead)]
        return rows.assign(weight=rows["genomes"].astype(float))


def variants(whole: KnowledgeBase, capabilities: Sequence[str]) -> dict[str, Variant]:
    """Variants in which one source is left out or replaced, by name.

    Parameters
    ----------
    whole : KnowledgeBase
    capabilities : sequence of str
        Those that matter.

    Returns
    -------
    dict of str to Variant
        ``without <source>`` for the literature and each source of counts, then
        ``<capability> from <source>`` for each other source that says which genomes
        lack the capability.
    """
    kept = tuple(capabilities)
    rows = whole.base_evidence
    used = sorted(set(rows.loc[rows["capability"].isin(kept), "source"]))
    found = {
        f"without {source}": Variant(whole.folder, whole, kept, without=source)
        for source in [LITERATURE, *used]
    }
    for capability, sources in alternatives(whole, kept).items():
        for source in sources:
            instead = {capability: source}
            name = f"{capability} from {source}"
            found[name] = Variant(whole.folder, whole, kept, instead=instead)
    return found


def concerns(evidence: str, capabilities: Sequence[str], whole: KnowledgeBase) -> bool:
    """Whether a variant changes, or takes away, the evidence of any of some capabilities.

    A base source is not left out where another can stand in for it throughout:
    then the variants with that other source say more.

    Examples
    --------
    >>> from tryptome.knowledge import load
    >>> concerns("trp_synthesis from paprica", ["indole"], load())
    False
    >>> concerns("without mcseed", ["trp_synthesis"], load())
    False
    >>> concerns("without mcseed", ["trp_synthesis", "indole"], load())
    True
    """
    capability, _, source = evidence.partition(" from ")
    if source:
        return capability in capabilities
    left_out = evidence.removeprefix("without ")
    if left_out == LITERATURE:
        return bool(whole.literature["capability"].isin(list(capabilities)).any())
    rows = whole.base_evidence
    rows = rows[rows["capability"].isin(list(capabilities)) & (rows["source"] == left_out)]
    others = alternatives(whole, capabilities)
    return not rows.empty and not set(capabilities) <= set(others)


def alternatives(whole: KnowledgeBase, capabilities: Sequence[str]) -> dict[str, list[str]]:
    """Sources beside the base that say which genomes lack a capability, where there are any.

    Examples
    --------
    >>> from tryptome.knowledge import load
    >>> alternatives(load(), ["trp_synthesis", "indole"])
    {'trp_synthesis': ['agora2_pubseed', 'agora2_flux', 'paprica']}
    """
    rules = whole.further_rules
    rules = rules[rules["capability"].isin(list(capabilities)) & (rules["absence"] == COUNTS)]
    return {str(name): list(rows["source"]) for name, rows in rules.groupby("capability")}
