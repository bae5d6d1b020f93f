"""Groups of a profile, where a cohort is sharded.

A profile makes one job of a cluster of all stages of a cohort. Between them stand shards,
which are jobs of their own, so that such a cohort has two groups: what comes before its
shards, and what comes after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tryptome.workflow.plan import Plan

BEFORE = ("ingest", "resolve", "annotate", "estimate_survey")
AFTER = "{}_after_shards"


def regroup(workflow: Any, plan: Plan) -> None:
    """Split the groups that a profile asks for, around the shards of large cohorts.

    Nothing is changed where no cohort is sharded.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        With all its rules.
    plan : Plan
    """
    if not plan.any_sharded:
        return
    groups = workflow.group_settings.overwrite_groups
    for rule in workflow.rules:
        if rule.name not in BEFORE and rule.name in groups:
            # What the settings say goes before what the rule says.
            rule.group = _group(groups.pop(rule.name), plan)


def _group(name: str, plan: Plan) -> Callable[[Any], str]:
    def group(wildcards: Any) -> str:
        sharded = hasattr(wildcards, "cohort") and plan.shards(wildcards) > 1
        return AFTER.format(name) if sharded else name

    return group
