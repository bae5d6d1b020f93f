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


def sharded(workflow: Any, plan: Plan) -> Callable[[Any], dict[str, Any]]:
    """Give the input function of ``estimate`` for what shards wrote.

    Snakemake knows the groups of a profile by the names of rules alone, and only once jobs are
    planned: they are split as the function is called first.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    plan : Plan

    Returns
    -------
    callable
        Takes wildcards; see :meth:`tryptome.workflow.plan.Plan.sharded`.
    """

    def inputs(wildcards: Any) -> dict[str, Any]:
        if plan.any_sharded:
            _split_groups(workflow, plan)
        return plan.sharded(wildcards)

    return inputs


def _split_groups(workflow: Any, plan: Plan) -> None:
    groups = workflow.group_settings.overwrite_groups
    for rule in workflow.rules:
        if rule.name not in BEFORE and rule.name in groups:
            # What the settings say would go before what the rule says.
            rule.group = _group(groups.pop(rule.name), plan)


def _group(name: str, plan: Plan) -> Callable[[Any], str]:
    def group(wildcards: Any) -> str:
        sharded = hasattr(wildcards, "cohort") and plan.shards(wildcards) > 1
        return AFTER.format(name) if sharded else name

    return group
