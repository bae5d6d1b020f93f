"""Words that stages hand on to each other in their files; see ``docs/files.md``."""

from __future__ import annotations

TIERS = (
    "species",
    "genus",
    "family",
    "bacteria",
    "archaea",
    "eukaryota",
    "organelle",
    "unassigned",
)
"""Where reads can end, in the order in which they are shown."""

RESOLVED = TIERS[:3]
"""Tiers of reads that are resolved to reference genomes."""

BACTERIUM = "d__Bacteria"
"""A bacterium of an unknown family: what the prior says, never an annotation of reads."""

REST = "rest"
"""Row for all the taxa that are not named."""

MISSING = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "missing", "not collected", "not provided"}
)
"""What a metadata field says, in lower case, where something is not known."""
