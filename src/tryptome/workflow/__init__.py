"""What the Snakemake rules and scripts need of the library."""

from tryptome.workflow.counts import say_counts
from tryptome.workflow.fingerprint import (
    fingerprint,
    knowledge_fingerprint,
    physiology_fingerprint,
    prediction_fingerprint,
)
from tryptome.workflow.groups import sharded
from tryptome.workflow.job import job
from tryptome.workflow.leftovers import clear_shards
from tryptome.workflow.plan import Plan
from tryptome.workflow.targets import lost, of_each

__all__ = [
    "Plan",
    "clear_shards",
    "fingerprint",
    "job",
    "knowledge_fingerprint",
    "lost",
    "of_each",
    "physiology_fingerprint",
    "prediction_fingerprint",
    "say_counts",
    "sharded",
]
