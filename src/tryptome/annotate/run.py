"""The stage ``annotate``: what can each taxon do, and how sure are we?"""

from __future__ import annotations

from tryptome.annotate.copy_number import copies
from tryptome.annotate.posterior import prevalence
from tryptome.knowledge.extended import extended
from tryptome.tables import read_tsv, write_parquet
from tryptome.vocabulary import BACTERIUM


def run(
    taxa: str,
    *,
    capabilities_out: str,
    copy_number_out: str,
    species: str | None = None,
    evidence: str | None = None,
) -> None:
    """Annotate the taxa of a cohort.

    Parameters
    ----------
    taxa : str
        ``taxa.tsv`` of the stage ``resolve``.
    capabilities_out : str
        ``capabilities.parquet``: prevalence of each capability in each taxon; its
        attributes name the version and the checksum of the knowledge base.
    copy_number_out : str
        ``copy_number.parquet``: 16S copies per genome of each taxon.
    species, evidence : str, optional
        What the user adds to the knowledge base: files of ``extend``.
    """
    knowledge = extended(species, evidence)
    names = sorted([*read_tsv(taxa)["taxon"], BACTERIUM])
    table = prevalence(names, knowledge)
    # Parquet keeps attributes, so that the results say what they rest on.
    table.attrs = {"knowledge": knowledge.version, "knowledge_sha256": knowledge.checksum}
    write_parquet(table, capabilities_out)
    write_parquet(copies(names, knowledge), copy_number_out)
