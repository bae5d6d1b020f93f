"""The stage: which reference species does each name stand for?"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tryptome.biom_slices import sliced
from tryptome.knowledge.extended import extended
from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.sets import Groups, label, tier
from tryptome.resolve.lineage import Lineage, parse
from tryptome.resolve.nomenclature import nomenclature_of
from tryptome.resolve.resolver import Resolver
from tryptome.tables import read_tsv, write_tsv

if TYPE_CHECKING:
    import pandas as pd

    from tryptome.knowledge.base import KnowledgeBase

RESOLUTION = [
    "feature", "lineage", "cleaned", "nomenclature", "rank", "rule", "tier", "taxon",
    "genomes", "species", "reads", "share", "alternatives",
]  # fmt: skip

logger = logging.getLogger(__name__)


def run(
    table: str,
    features: str,
    resolution_out: str,
    taxa_out: str,
    *,
    species: str | None = None,
) -> None:
    """Resolve every feature of a table.

    Parameters
    ----------
    table, features : str
        Files of ``ingest``.
    species : str, optional
        Species that the user adds to the reference: file of ``extend``.
    resolution_out, taxa_out : str
        Files to write; see docs/files.md.
    """
    knowledge = extended(species)
    rows = read_tsv(features)
    rows["reads"] = _reads(table, rows["feature"])
    resolved = resolve(rows, knowledge)
    write_tsv(resolved, resolution_out)
    write_tsv(taxa(resolved["taxon"].unique().tolist(), knowledge), taxa_out)


def resolve(
    features: pd.DataFrame, knowledge: KnowledgeBase, index: NameIndex | None = None
) -> pd.DataFrame:
    """Resolve lineages.

    Parameters
    ----------
    features : DataFrame
        ``feature``, ``lineage`` and ``reads``, one row a feature.
    knowledge : KnowledgeBase
    index : NameIndex, optional
        By default the one that ships.

    Returns
    -------
    DataFrame
        The table ``resolution.tsv``, in the order of the features.
    """
    import pandas as pd

    groups = Groups.of(knowledge.species)
    index = index or knowledge.names
    distinct = {text: parse(text) for text in features["lineage"].unique()}
    nomenclature = nomenclature_of(distinct.values(), index)
    logger.info("names follow %s", nomenclature)
    resolver = Resolver(index, groups, nomenclature)
    found = pd.DataFrame(
        [_row(text, lineage, resolver) for text, lineage in distinct.items()],
        columns=["lineage", "cleaned", "rank", "rule", "tier", "taxon", "alternatives"],
    )
    sizes = _sizes(found["taxon"].unique().tolist(), groups, knowledge)
    rows = features.merge(found, on="lineage", how="left", validate="many_to_one")
    rows = rows.merge(sizes, on="taxon", how="left", validate="many_to_one")
    rows["nomenclature"] = nomenclature
    total = rows["reads"].sum()
    rows["share"] = rows["reads"] / total if total > 0 else 0.0
    return rows[RESOLUTION]


def taxa(names: list[str], knowledge: KnowledgeBase) -> pd.DataFrame:
    """Describe taxa: the table ``taxa.tsv``.

    Parameters
    ----------
    names : list of str
        Taxa; an empty one is left out.
    knowledge : KnowledgeBase

    Returns
    -------
    DataFrame
        One row a taxon, sorted.
    """
    import pandas as pd

    groups = Groups.of(knowledge.species)
    known = sorted(set(names) - {""})
    rows = pd.DataFrame(
        {
            "taxon": known,
            "label": [label(taxon) for taxon in known],
            "tier": [tier(taxon) for taxon in known],
            "members": [";".join(sorted(groups.read(taxon))) for taxon in known],
        }
    )
    sized = rows.merge(_sizes(known, groups, knowledge), on="taxon", validate="one_to_one")
    return sized[["taxon", "label", "tier", "genomes", "species", "members"]]


def _row(text: str, lineage: Lineage, resolver: Resolver) -> tuple[str, ...]:
    r = resolver.resolve(lineage)
    return text, str(lineage), r.rank, r.rule, r.tier, r.taxon, r.alternatives


def _reads(table: str, features: pd.Series) -> pd.Series:
    """Reads of each feature over all samples."""
    import numpy as np
    import pandas as pd

    with sliced(table) as counts:
        parts = [counts.of_features(*cut).sum(axis=1) for cut in counts.slices("observation")]
        totals = pd.Series(np.concatenate(parts), index=counts.features)
    return features.map(totals)


def _sizes(names: list[str], groups: Groups, knowledge: KnowledgeBase) -> pd.DataFrame:
    """Reference genomes and species of each taxon.

    Sources share genomes, so a species has as many as the one that counts most.
    """
    import pandas as pd

    genomes = knowledge.base_evidence.groupby("species")["genomes"].max().to_dict()
    members = [groups.read(taxon) for taxon in names]
    return pd.DataFrame(
        {
            "taxon": names,
            "genomes": [sum(genomes.get(name, 0) for name in held) for held in members],
            "species": [len(held) for held in members],
        }
    )
