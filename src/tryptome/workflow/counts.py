"""How many jobs a dry run of many cohorts would do, instead of each of them."""

from __future__ import annotations

import logging
import sys
from typing import Any

BRIEF = ("rules", "progress")
"""What Snakemake is to be quiet about so that a dry run ends once its jobs are counted."""


def say_counts(workflow: Any) -> None:
    """Let a quiet dry run say how many jobs of each rule it would do.

    Snakemake's help promises this table, and its own filter takes it away (issue 2973 there).

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """
    from snakemake.logging import logger
    from snakemake.settings.enums import Quietness

    told = workflow.output_settings
    if told.dryrun and told.quiet == set(map(Quietness.parse_choice, BRIEF)):
        logger.addHandler(_Counts())


class _Counts(logging.Handler):
    """Prints the table of jobs where the others of a dry run print."""

    def emit(self, record: logging.LogRecord) -> None:
        from snakemake_interface_logger_plugins.common import LogEvent

        if getattr(record, "event", None) == LogEvent.RUN_INFO:
            print(record.getMessage(), file=sys.stdout, flush=True)
