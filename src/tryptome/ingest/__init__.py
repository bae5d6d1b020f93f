"""Stage 1: what is in this table?

A table is recognised by its content (:mod:`~tryptome.ingest.recognise`), read
by one module a format, given its lineages and its metadata, and checked
(:mod:`~tryptome.ingest.cohort`). Nothing is dropped and no id is altered.
"""

from tryptome.ingest.cohort import Ingested, load_cohort

__all__ = ["Ingested", "load_cohort"]
