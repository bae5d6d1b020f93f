"""The knowledge base together with what a user adds to it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.knowledge.base import KnowledgeBase, Source, load
from tryptome.knowledge.names import Meaning, NameIndex
from tryptome.knowledge.spelling import key
from tryptome.tables import read_tsv

if TYPE_CHECKING:
    import pandas as pd

INDEXED = ("gtdb", "ncbi")
"""Nomenclatures under which the names of added species are filed."""


@dataclass(frozen=True, eq=False)
class ExtendedKnowledge(KnowledgeBase):
    """The shipped tables, with a user's species and counts (files of the stage extend).

    Attributes
    ----------
    added : pathlib.Path or None
        Species that join the reference.
    own : pathlib.Path or None
        The user's counts. Those that are used take the place of the base
        source's for the same species and capability; counts are never added.
    """

    added: Path | None = None
    own: Path | None = None

    # Files of the same names may hold other things: what is cached by a knowledge base is
    # cached by this very object.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every source, the user's last."""
        shipped = super().sources
        if self.own is None:
            return shipped
        citations = self._own.groupby("source")["citation"].unique()
        return shipped + tuple(
            Source(str(name), str(name), "; ".join(told), "", "", "of the user", "")
            for name, told in citations.items()
        )

    @cached_property
    def species(self) -> pd.DataFrame:
        """Reference species, with those that the user adds."""
        import pandas as pd

        shipped = super().species
        if self.added is None:
            return shipped
        return pd.concat([shipped, read_tsv(self.added)], ignore_index=True)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Counts of every source, the user's last."""
        import pandas as pd

        shipped = super().evidence
        if self.own is None:
            return shipped
        return pd.concat([shipped, self._own[shipped.columns.tolist()]], ignore_index=True)

    @cached_property
    def base_evidence(self) -> pd.DataFrame:
        """Counts that posteriors rest on: the user's, where there are none the base source's."""
        import pandas as pd

        shipped = super().base_evidence
        if self.own is None:
            return shipped
        used = self._own[self._own["counts"] == "true"]
        both = pd.concat([shipped, used[shipped.columns.tolist()]], ignore_index=True)
        return both.drop_duplicates(["species", "capability"], keep="last", ignore_index=True)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over that of the shipped tables and the text of the user's files."""
        digest = hashlib.sha256(super().checksum.encode())
        for path in (self.added, self.own):
            digest.update(b"\n" if path is None else path.read_bytes())
        return digest.hexdigest()

    @cached_property
    def names(self) -> NameIndex:
        """Names of the reference, with those of the species and genera that the user adds."""
        shipped = super().names
        if self.added is None:
            return shipped
        return NameIndex([*shipped, *self._meanings()])

    @cached_property
    def _own(self) -> pd.DataFrame:
        frame = read_tsv(self.own or "", numeric=("weight",))
        return frame.astype({"genomes": int, "positives": int})

    def _meanings(self) -> list[Meaning]:
        shipped = KnowledgeBase(self.folder).species
        genera = set(shipped["gtdb_genus"])
        meanings = set()
        added = self.species.iloc[len(shipped) :]
        for row in added.to_dict("records"):
            name, genus = row["species"], row["gtdb_genus"]
            phylum = re.sub(r"_[A-Z]+$", "", row["gtdb_phylum"])
            filed = [("species", name, f"s__{name}")]
            filed += [("genus", genus, f"g__{genus}")] if genus not in genera else []
            meanings |= {
                Meaning(nomenclature, rank, key(spelling), phylum, rank, taxon)
                for nomenclature in INDEXED
                for rank, spelling, taxon in filed
            }
        return sorted(meanings)


def extended(added: str | None = None, own: str | None = None) -> KnowledgeBase:
    """Give the knowledge base that ships, with a user's species and counts where there are any.

    Parameters
    ----------
    added, own : str, optional
        Files of the stage extend.
    """
    if added is None and own is None:
        return load()
    return ExtendedKnowledge(
        load().folder, Path(added) if added else None, Path(own) if own else None
    )
